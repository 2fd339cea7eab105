import type { Locator, Page } from '@playwright/test';
import { interpolateInferno, rgb } from 'd3';
import { required } from '../../../src-shared/domain/assert.ts';
import { patchRects } from '../../../src-shared/domain/geometry.ts';
import { expect, test } from '../fixtures.ts';
import { addressOf, choose, openLink, openSample, pick, runToEnd, setUp } from '../flows.ts';
import { massOf, type Recorded, recorded, strongest } from '../recorded.ts';
import { expectShown, factsOf, pixelsOf, type Rgb } from '../shown.ts';

const pane = (page: Page): Locator => page.getByRole('region', { name: 'Image' });
const canvas = (page: Page): Locator => pane(page).getByRole('img', { name: /^Image of / });

/** The token whose row looks most at one patch, with that row's attention in the last layer. */
function gazing(run: Recorded): { at: number; round: number; row: number; mass: number[] } {
  const rows = run.tokens.map((token, at) => {
    const row = at - run.tokens.findIndex((other) => other.round === token.round);
    const frame = required(run.details[token.round]?.attention.at(-1), 'the last layer');
    return { at, round: token.round, row, mass: massOf(frame, row) };
  });
  return required(rows[strongest(rows.map(({ mass }) => Math.max(...mass)))], 'a token');
}

/**
 * A point in every patch in pixels of the canvas: the picture is shown whole, centred, as large as it fits. It is not the
 * middle, through which the outline of a letterboxed picture may run.
 */
async function pointsIn(page: Page, run: Recorded): Promise<{ x: number; y: number }[]> {
  const turn = required(run.turns[0], 'the turn');
  const image = required(turn.image, 'the size of its image');
  expect(turn.gridProblem).toBeNull();
  const rects = patchRects(turn.grids);
  const left = Math.min(0, ...rects.map((r) => r.x));
  const top = Math.min(0, ...rects.map((r) => r.y));
  const width = Math.max(image.width, ...rects.map((r) => r.x + r.w)) - left;
  const height = Math.max(image.height, ...rects.map((r) => r.y + r.h)) - top;
  const box = required(await canvas(page).boundingBox(), 'the canvas on the screen');
  const scale = Math.min(box.width / width, box.height / height);
  return rects.map((r) => ({
    x: Math.floor((box.width - width * scale) / 2 + (r.x + r.w * 0.35 - left) * scale),
    y: Math.floor((box.height - height * scale) / 2 + (r.y + r.h * 0.35 - top) * scale),
  }));
}

/** What a patch must look like at full opacity: its colour over the picture, the weaker the fainter, a third at least. */
function expected(t: number, picture: Rgb): Rgb {
  const alpha = 0.33 + 0.67 * t;
  const { r, g, b } = rgb(interpolateInferno(t));
  const mix = (colour: number, i: 0 | 1 | 2): number => alpha * colour + (1 - alpha) * picture[i];
  return [mix(r, 0), mix(g, 1), mix(b, 2)];
}

async function setOpacity(page: Page, key: 'Home' | 'End'): Promise<void> {
  await pane(page).getByRole('slider', { name: 'Opacity of the heat map' }).press(key);
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
  await expect(pane(page)).toContainText('This run captured no attention');
  await expect(canvas(page)).not.toHaveAccessibleName(/with attention/);
});
