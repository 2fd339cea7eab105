import type { Page } from '@playwright/test';
import { required } from '../../../src-shared/domain/assert.ts';
import { expect, test } from '../fixtures.ts';
import { addressOf, choose, expectStatus, openLink, openSample, pick, runToEnd, setUp } from '../flows.ts';
import { recorded } from '../recorded.ts';

/** Everything on the screen: what assistive technology is told, and the pixels of both canvases. */
async function everything(page: Page): Promise<{ words: string; drawings: string[] }> {
  await expect(page.getByRole('img', { name: /with attention$/ })).toBeVisible();
  return {
    words: await page.getByRole('main').ariaSnapshot(),
    drawings: await page
      .locator('main canvas')
      .evaluateAll((all) => all.map((one) => (one instanceof HTMLCanvasElement ? one.toDataURL() : ''))),
  };
}

test('a run that was watched looks the same when it is opened again', async ({ page }) => {
  await openSample(page, 'specula_129');
  await setUp(page, 'Gate', (form) => choose(form, 'Gate', 'ViSkip'));
  await runToEnd(page);
  await page.mouse.move(0, 0);
  const live = await everything(page);
  await openLink(page, new URL(page.url()).hash);
  await expectStatus(page, 'Done');
  await expect.poll(() => everything(page)).toEqual(live);
});

test('the address brings back round, token, node and layer', async ({ page, server, gatedRun, context }) => {
  const run = recorded(server.home, gatedRun);
  const at = run.tokens.findIndex(({ origin }) => origin === 'accepted');
  const round = required(run.tokens[at], 'an accepted token').round;
  await openLink(page, `#/inspect?run=${gatedRun}`);
  await page.locator(`[data-token="${at}"]`).click();
  await pick(page, page.getByRole('combobox', { name: 'Layer' }), 'Layer 1');
  const node = page.getByRole('treeitem').nth(1);
  await node.click();
  await expect
    .poll(() => Object.fromEntries(addressOf(page)))
    .toMatchObject({
      run: gatedRun,
      round: String(round),
      node: '1',
      layer: '1',
    });

  const copy = await context.newPage();
  await copy.goto(page.url());
  await expect(copy.getByRole('treeitem', { selected: true })).toHaveAttribute('data-node', '1');
  await expect(copy.getByRole('region', { name: 'Draft tree' })).toContainText(`round ${round}:`);
  await expect(copy.getByRole('combobox', { name: 'Layer' })).toContainText('Layer 1');
  const shown = await page.getByRole('main').ariaSnapshot();
  await expect.poll(() => copy.getByRole('main').ariaSnapshot()).toBe(shown);
  await copy.close();
});

test('Back leads from a run to the sample it was started on', async ({ page }) => {
  await openSample(page, 'specula_003');
  await runToEnd(page);
  await page.goBack();
  await expect(page).toHaveURL(/sample=specula_003/);
  await expect(page).not.toHaveURL(/run=/);
});

test('an address of a run that does not exist says so', async ({ page }) => {
  await openLink(page, '#/inspect?run=20200101-000000-000000');
  await expect(page.getByRole('alert')).toContainText('The run could not be opened');
  await expect(page.getByRole('alert')).toContainText('20200101-000000-000000');
});
