import type { Locator, Page } from '@playwright/test';
import { expect, test } from '../fixtures.ts';
import { addressOf, openLink, pick } from '../flows.ts';

const timeline = (page: Page): Locator => page.getByRole('slider', { name: 'Round', exact: true });

/** The timeline's pixels. */
const drawing = (page: Page): Promise<string> =>
  timeline(page)
    .locator('canvas')
    .evaluate((canvas) => (canvas instanceof HTMLCanvasElement ? canvas.toDataURL() : ''));

/** The border behind a pane. */
const border = (page: Page, pane: string): Locator =>
  page.locator(`[role="separator"][aria-controls="${pane}"]`);
const other = (page: Page): Locator => page.getByRole('region', { name: 'Other draft' });
const whatIf = (page: Page): Locator => page.getByRole('region', { name: 'What if' });

/** Places of the panes, to the pixel. */
async function panes(page: Page): Promise<Record<string, number[]>> {
  const out: Record<string, number[]> = {};
  for (const region of await page.locator('main section[aria-label]').all()) {
    const box = await region.boundingBox();
    out[(await region.getAttribute('aria-label')) ?? ''] = [
      box?.x ?? 0,
      box?.y ?? 0,
      box?.width ?? 0,
      box?.height ?? 0,
    ].map(Math.round);
  }
  return out;
}

/** Width of the image pane, to the pixel. */
async function width(page: Page): Promise<number> {
  const box = await page.getByRole('region', { name: 'Image' }).boundingBox();
  return Math.round(box?.width ?? 0);
}

async function moveBorder(page: Page, pane: string, key: string): Promise<void> {
  const before = addressOf(page).get('layout');
  await border(page, pane).press(key);
  await expect.poll(() => addressOf(page).get('layout')).not.toBe(before);
}

test('the address brings back selection, layer, open panes, filters and the sizes of panes', async ({
  page,
  gatedRun,
  browser,
}) => {
  await openLink(page, `#/inspect?run=${gatedRun}&token=12`);
  await pick(page, page.getByRole('combobox', { name: 'Layer' }), 'Layer 1');
  await page.getByRole('heading', { name: 'Answer' }).click();
  await page.keyboard.press('o');
  await expect(other(page)).toBeVisible();
  await page.keyboard.press('d');
  await expect(page.getByRole('region', { name: 'Debugger' })).toBeVisible();
  await page.getByRole('button', { name: 'What if', exact: true }).click();
  await whatIf(page).getByRole('slider', { name: 'Threshold of r' }).fill('0.2');
  await expect.poll(() => addressOf(page).get('whatIfAt')).toBe('0.2');
  await moveBorder(page, 'left', 'ArrowLeft');
  await moveBorder(page, 'image', 'ArrowUp');
  await moveBorder(page, 'tokens', 'ArrowDown');
  await timeline(page).press('w');
  await expect.poll(() => addressOf(page).get('zoom')).not.toBeNull();
  await page.keyboard.press('/');
  await page.getByRole('textbox', { name: 'Search the answer' }).fill('the');
  await expect.poll(() => addressOf(page).get('find')).toBe('the');
  await page.mouse.move(0, 0);
  await page.getByRole('heading', { name: 'Answer' }).click();
  await expect
    .poll(() => Object.fromEntries(addressOf(page)))
    .toMatchObject({
      run: gatedRun,
      token: '12',
      layer: '1',
      otherDraft: 'true',
      debugger: 'true',
      whatIf: 'true',
    });
  const seen = await page.getByRole('main').ariaSnapshot();
  const places = await panes(page);
  const rounds = await drawing(page);

  // Another window that remembers nothing.
  const context = await browser.newContext({
    viewport: page.viewportSize(),
    storageState: await noMemory(page),
  });
  const copy = await context.newPage();
  await copy.goto(page.url());
  await expect(copy.getByRole('combobox', { name: 'Layer' })).toContainText('Layer 1');
  await expect(whatIf(copy).getByRole('slider', { name: 'Threshold of r' })).toHaveValue('0.2');
  await expect.poll(() => copy.getByRole('main').ariaSnapshot()).toBe(seen);
  await expect.poll(() => panes(copy)).toEqual(places);
  await expect.poll(() => drawing(copy)).toBe(rounds);
  await context.close();
});

/** The window's cookies, which let another one in, without what it remembers. */
async function noMemory(page: Page) {
  return { cookies: (await page.context().storageState()).cookies, origins: [] };
}

test('changes of the view are undone and done again, by keys and from the palette', async ({
  page,
  gatedRun,
}) => {
  await openLink(page, `#/inspect?run=${gatedRun}&round=3`);
  await expect(page.getByRole('region', { name: 'Draft tree' })).toContainText('round 3:');
  const start = await width(page);
  await moveBorder(page, 'left', 'ArrowRight');
  await moveBorder(page, 'left', 'ArrowRight');
  const moved = await width(page);
  expect(moved).toBeGreaterThan(start);
  await page.getByRole('heading', { name: 'Answer' }).click();
  // A walk along the tokens is one step.
  for (let i = 0; i < 4; i++) await page.keyboard.press('ArrowRight');
  await expect.poll(() => addressOf(page).get('token')).not.toBeNull();
  const walked = addressOf(page).get('token');
  await page.keyboard.press('o');
  await expect(other(page)).toBeVisible();

  await page.keyboard.press('ControlOrMeta+z');
  await expect(other(page)).toHaveCount(0);
  expect(addressOf(page).get('token')).toBe(walked);
  // A slow machine may have taken the walk for several steps.
  for (let i = 0; i < 4 && addressOf(page).get('token') !== null; i++) {
    const before = page.url();
    await page.keyboard.press('ControlOrMeta+z');
    await expect.poll(() => page.url()).not.toBe(before);
  }
  expect(addressOf(page).get('round')).toBe('3');
  expect(addressOf(page).get('token')).toBeNull();
  await expect
    .poll(async () => {
      await page.keyboard.press('ControlOrMeta+z');
      return width(page);
    })
    .toBe(start);
  await expect
    .poll(async () => {
      await page.keyboard.press('ControlOrMeta+Shift+z');
      return width(page);
    })
    .toBe(moved);
  const whole = await drawing(page);
  await timeline(page).press('w');
  await expect.poll(() => addressOf(page).get('zoom')).not.toBeNull();
  await page.keyboard.press('ControlOrMeta+z');
  await expect.poll(() => addressOf(page).get('zoom')).toBeNull();
  await expect.poll(() => drawing(page)).toBe(whole);

  const redone = page.url();
  await page.keyboard.press('ControlOrMeta+k');
  await page.getByRole('dialog').getByRole('combobox').fill('Undo the last change of the view');
  await page.keyboard.press('Enter');
  await expect.poll(() => page.url()).not.toBe(redone);

  // In a text the keys are the text's own.
  const undone = page.url();
  const field = page.getByPlaceholder('Go to round');
  await field.fill('7');
  await field.press('ControlOrMeta+z');
  await expect(field).toHaveValue('');
  expect(page.url()).toBe(undone);
});
