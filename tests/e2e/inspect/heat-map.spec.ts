import type { Page } from '@playwright/test';
import { interpolateInferno, rgb } from 'd3';
import { required } from '../../../src-shared/domain/assert.ts';
import { expect, test } from '../fixtures.ts';
import { addressOf, choose, openLink, openSample, pick, runToEnd, setUp } from '../flows.ts';
import { canvas, gazing, pane, pointsIn } from '../patches.ts';
import { massOf, recorded, strongest } from '../recorded.ts';
import { expectShown, factsOf, pixelsOf, type Rgb } from '../shown.ts';

/** What a patch must look like at full opacity: its colour over the picture, the weaker the fainter, a third at least. */
function expected(t: number, picture: Rgb): Rgb {
  const alpha = 0.33 + 0.67 * t;
  const { r, g, b } = rgb(interpolateInferno(t));
  const mix = (colour: number, i: 0 | 1 | 2): number => alpha * colour + (1 - alpha) * picture[i];
  return [mix(r, 0), mix(g, 1), mix(b, 2)];
}

async function setOpacity(page: Page, key: 'Home' | 'End'): Promise<void> {
  await pane(page).getByRole('button', { name: 'How maps are drawn' }).click();
  const form = page.getByRole('dialog', { name: 'How maps are drawn' });
  await form.getByRole('slider', { name: 'Opacity of the heat map' }).press(key);
  await page.keyboard.press('Escape');
  await expect(form).toBeHidden();
}

test('every patch is painted in the colour of its recorded attention', async ({ page, server, gatedRun }) => {
  const run = recorded(server.home, gatedRun);
  const { at, mass } = gazing(run);
  await openLink(page, `#/inspect?run=${gatedRun}&token=${at}`);
  await expect(canvas(page)).toHaveAccessibleName(/with attention/);
  await page.evaluate(() => document.fonts.ready);
  const points = await pointsIn(page, run);
  expect(points).toHaveLength(mass.length);

  await setOpacity(page, 'Home');
  const picture = await pixelsOf(canvas(page), points);
  await setOpacity(page, 'End');
  const painted = await pixelsOf(canvas(page), points);
  const high = Math.max(...mass);
  for (const [patch, value] of mass.entries()) {
    const want = expected(value / high, required(picture[patch], 'its picture'));
    const got = required(painted[patch], 'its paint');
    const off = Math.max(...want.map((channel, i) => Math.abs(channel - (got[i] ?? 0))));
    expect(
      off,
      `patch ${patch}: ${got.join()} instead of ${want.map(Math.round).join()}`,
    ).toBeLessThanOrEqual(4);
  }
  // The strongest patch hides the picture: the end of the colour map itself.
  const end = rgb(interpolateInferno(1));
  expect(painted[strongest(mass)]).toEqual([end.r, end.g, end.b]);
});

test('the patch under the pointer is told by its recorded attention and share', async ({
  page,
  server,
  gatedRun,
}) => {
  const run = recorded(server.home, gatedRun);
  const { at, mass } = gazing(run);
  await openLink(page, `#/inspect?run=${gatedRun}&token=${at}`);
  await expect(canvas(page)).toHaveAccessibleName(/with attention/);
  const patch = strongest(mass);
  const { x, y } = required((await pointsIn(page, run))[patch], 'its point');
  await canvas(page).hover({ position: { x, y } });
  const box = page.locator('dl').filter({ hasText: 'share of the image' });
  const facts = await factsOf(box);
  const { nx, ny } = required(run.turns[0]?.grids[0], 'the grid');
  expect(facts.get('patch')).toBe(`x ${patch % nx}, y ${Math.floor(patch / nx)} of ${nx} × ${ny}`);
  const total = mass.reduce((sum, value) => sum + value, 0);
  expectShown(facts.get('attention') ?? '', mass[patch] ?? 0);
  expectShown(facts.get('share of the image') ?? '', (mass[patch] ?? 0) / total);
  // The sum over the patches is the image's share of this row, up to the packing into bytes.
  expect(total).toBeCloseTo(required(run.tokens[at]?.score, 'the score'), 1);
});

test('another layer shows its own attention, and stays in the address', async ({
  page,
  server,
  gatedRun,
}) => {
  const run = recorded(server.home, gatedRun);
  const { at, round, row } = gazing(run);
  const first = required(run.details[round]?.attention[0], 'the first layer');
  await openLink(page, `#/inspect?run=${gatedRun}&token=${at}`);
  await pick(page, pane(page).getByRole('combobox', { name: 'Layer' }), `Layer ${first.layer}`);
  await expect.poll(() => addressOf(page).get('layer')).toBe(String(first.layer));
  const mass = massOf(first, row);
  await setOpacity(page, 'End');
  const points = await pointsIn(page, run);
  const end = rgb(interpolateInferno(1));
  await expect
    .poll(async () => (await pixelsOf(canvas(page), points))[strongest(mass)])
    .toEqual([end.r, end.g, end.b]);
});

test('a run that captured nothing says why there is no heat map', async ({ page, server }) => {
  await openSample(page, 'specula_003');
  await setUp(page, 'Capture', (form) => choose(form, 'Layers to capture', 'Off'));
  const run = recorded(server.home, await runToEnd(page));
  expect(run.details.every(({ attention }) => attention.length === 0)).toBe(true);
  await expect(pane(page)).toContainText('No attention maps were recorded for this round.');
  await expect(canvas(page)).not.toHaveAccessibleName(/with attention/);
});
