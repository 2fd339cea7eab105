import { expect, test } from './fixtures.ts';
import { openLink } from './flows.ts';
import { pixelsOf, tokenColour } from './shown.ts';

test('the theme is chosen, remembered, and drawn on canvases too', async ({ page, gatedRun }) => {
  const root = page.locator('html');
  await openLink(page, `#/inspect?run=${gatedRun}`);
  const timeline = page.getByRole('img', { name: /^Timeline of / });
  await expect(timeline).toBeVisible();

  /** Whether the timeline draws its bars in the theme's colour. */
  async function drawn(): Promise<boolean> {
    const colour = String(await tokenColour(page, 'time-verify'));
    const { width = 0, height = 0 } = (await timeline.boundingBox()) ?? {};
    const points = [];
    for (let x = 60; x < width; x += 5) for (let y = height / 3; y < height; y += 3) points.push({ x, y });
    return (await pixelsOf(timeline, points)).some((pixel) => String(pixel) === colour);
  }

  const colours = [];
  for (const [choice, theme] of [
    ['Dark', 'dark'],
    ['Light', 'light'],
  ] as const) {
    await page.getByRole('button', { name: /^Theme:/ }).click();
    await page.getByRole('menuitem', { name: choice }).click();
    await expect(root).toHaveAttribute('data-theme', theme);
    await expect.poll(drawn).toBe(true);
    colours.push(String(await tokenColour(page, 'time-verify')));
    await page.reload();
    await expect(root).toHaveAttribute('data-theme', theme);
    await expect(timeline).toBeVisible();
  }
  expect(new Set(colours).size).toBe(2);
});

test('without a choice the theme is the system’s, and follows it', async ({ page }) => {
  const root = page.locator('html');
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect(root).toHaveAttribute('data-theme', 'dark');
  await page.emulateMedia({ colorScheme: 'light' });
  await expect(root).toHaveAttribute('data-theme', 'light');
  // t t: light, whatever the system says
  await page.keyboard.press('t');
  await page.keyboard.press('t');
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect(page.getByRole('button', { name: 'Theme: Light' })).toBeVisible();
  await expect(root).toHaveAttribute('data-theme', 'light');
});
