import type { Page } from '@playwright/test';
import { interpolateInferno, rgb } from 'd3';
import { required } from '../../../src-shared/domain/assert.ts';
import { fixtureModels } from '../../fixtures/gguf/index.ts';
import { expect, test } from '../fixtures.ts';
import { addressOf, choose, expectStatus, openLink, pick } from '../flows.ts';
import { canvas, gazing, pane, pointsIn } from '../patches.ts';
import { headsOf, massOf, type Recorded, recorded, strongest } from '../recorded.ts';
import { expectShown, factsOf, pixelsOf } from '../shown.ts';

const sample = ['--sample', 'specula_086', '--gate', 'paper', '--max-tokens', '40'];
let rich = '';
let bare = '';

test.beforeAll(async ({ server }) => {
  rich = await server.record(...sample, '--capture', 'all', '--capture-heads');
  bare = await server.record(...sample, '--capture', 'score');
});

const look = (page: Page, name: string) =>
  pane(page)
    .getByRole('group', { name: 'View of the attention' })
    .getByRole('button', { name, exact: true })
    .click();

/** Attention of one head at one row. */
function headMass(home: string, run: Recorded, token: number, layer: number, head: number): number[] {
  const { round } = required(run.tokens[token], 'the token');
  const row = token - run.tokens.findIndex((other) => other.round === round);
  const frame = required(headsOf(home, run.summary.id, round, layer), 'heads');
  return massOf({ ...frame, rows: frame.heads * frame.rows }, head * frame.rows + row);
}

/** Attention of the mean of the last layer at every token. */
function allMasses(run: Recorded): number[][] {
  return run.tokens.map((token, at) => {
    const first = run.tokens.findIndex((other) => other.round === token.round);
    return massOf(required(run.details[token.round]?.attention.at(-1), 'the last layer'), at - first);
  });
}

/** Tokens by their attention on patches, most first. */
function rankedBy(run: Recorded, patches: readonly number[]): { place: number; mass: number }[] {
  return allMasses(run)
    .map((mass, place) => ({ place, mass: patches.reduce((sum, patch) => sum + (mass[patch] ?? 0), 0) }))
    .sort((a, b) => b.mass - a.mass || a.place - b.place);
}

const rankedList = (page: Page) =>
  pane(page).getByRole('region', { name: 'Tokens that look at the picked patches' });

async function expectRanked(page: Page, run: Recorded, patches: readonly number[]): Promise<void> {
  const wanted = rankedBy(run, patches).slice(0, 8);
  const buttons = rankedList(page).getByRole('button', { name: /^Token / });
  await expect(buttons).toHaveCount(Math.min(40, run.tokens.length));
  for (const [i, { place, mass }] of wanted.entries()) {
    const name = required(await buttons.nth(i).getAttribute('aria-label'), 'its name');
    expect(name).toMatch(new RegExp(`^Token ${place + 1}, `));
    expectShown(name.slice(name.lastIndexOf('attention')), mass);
  }
}

test('a layer and a head of it are chosen, drawn, and stay in the address', async ({ page, server }) => {
  const run = recorded(server.home, rich);
  const { at } = gazing(run);
  await openLink(page, `#/inspect?run=${rich}&token=${at}`);
  await expect(canvas(page)).toHaveAccessibleName(/with attention/);
  await pick(page, pane(page).getByRole('combobox', { name: 'Layer' }), 'Layer 2');
  await pick(page, pane(page).getByRole('combobox', { name: 'Head' }), 'Head 1');
  await expect.poll(() => [addressOf(page).get('layer'), addressOf(page).get('head')]).toEqual(['2', '1']);
  const mass = headMass(server.home, run, at, 2, 1);
  await pane(page).getByRole('button', { name: 'How maps are drawn' }).click();
  await page.getByRole('slider', { name: 'Opacity of the heat map' }).press('End');
  await page.keyboard.press('Escape');
  const points = await pointsIn(page, run);
  const end = rgb(interpolateInferno(1));
  await expect
    .poll(async () => (await pixelsOf(canvas(page), points))[strongest(mass)])
    .toEqual([end.r, end.g, end.b]);
});

test('the gallery shows every head with its share, and a click shows it large', async ({ page, server }) => {
  const run = recorded(server.home, rich);
  const { at } = gazing(run);
  await openLink(page, `#/inspect?run=${rich}&token=${at}&layer=3&look=heads`);
  const maps = pane(page).getByRole('list', { name: 'Heads of layer 3' }).getByRole('button');
  await expect(maps).toHaveCount(4);
  for (let head = 0; head < 4; head++) {
    const name = required(await maps.nth(head).getAttribute('aria-label'), 'its name');
    const mass = headMass(server.home, run, at, 3, head);
    expect(name).toMatch(new RegExp(`^Head ${head}: `));
    expectShown(
      required(/image ([\d.]+%)/.exec(name)?.[1], 'its share'),
      mass.reduce((sum, value) => sum + value, 0),
    );
  }
  await maps.nth(2).click();
  await expect.poll(() => [addressOf(page).get('head'), addressOf(page).get('look')]).toEqual(['2', null]);
  await expect(canvas(page)).toHaveAccessibleName(/with attention/);
});

test('all layers stand side by side, and what is not recorded says so', async ({
  page,
  server,
  chainRun,
}) => {
  const run = recorded(server.home, rich);
  await openLink(page, `#/inspect?run=${rich}&token=6&look=layers`);
  const maps = pane(page).getByRole('list', { name: 'Layers, mean of heads' }).getByRole('button');
  await expect(maps).toHaveCount(run.details[0]?.attention.length ?? 0);
  await maps.nth(1).click();
  await expect.poll(() => addressOf(page).get('layer')).toBe('1');
  await openLink(page, `#/inspect?run=${chainRun}&token=6&look=layers`);
  await expect(maps).toHaveCount(1);
  await expect(pane(page)).toContainText('Not recorded: layer 0, 1, 2, 3.');
  await look(page, 'Heads');
  await expect(pane(page)).toContainText('Single heads of layer 4 were not recorded. Recorded: none.');
  await openLink(page, `#/inspect?run=${chainRun}&token=6&layer=1`);
  await expect(pane(page)).toContainText('Layer 1 was not recorded. Recorded: layer 4.');
});

test('a rectangle on the image ranks the tokens that look there and lights them in the answer', async ({
  page,
  server,
}) => {
  const run = recorded(server.home, rich);
  await openLink(page, `#/inspect?run=${rich}&token=3`);
  await expect(canvas(page)).toHaveAccessibleName(/with attention/);
  await page.evaluate(() => document.fonts.ready);
  const points = await pointsIn(page, run);
  const { nx } = required(run.turns[0]?.grids[0], 'the grid');
  const [from, to] = [2 * nx + 1, 4 * nx + 3].map((patch) => required(points[patch], 'a point'));
  const box = required(await canvas(page).boundingBox(), 'the canvas');
  const [a, b] = [required(from, 'a'), required(to, 'b')];
  const reach = 0.3 * (required(points[1], 'a point').x - required(points[0], 'a point').x);
  await page.mouse.move(box.x + a.x - reach, box.y + a.y - reach);
  await page.mouse.down();
  await page.mouse.move(box.x + b.x + reach * 1.8, box.y + b.y + reach * 1.8, { steps: 5 });
  await page.mouse.up();
  const patches = [2, 3, 4].flatMap((row) => [1, 2, 3].map((column) => row * nx + column));
  await expect(rankedList(page)).toContainText('9 patches');
  await expectRanked(page, run, patches);

  const [best] = rankedBy(run, patches);
  const answer = page.getByRole('region', { name: 'Answer' });
  await expect(answer).toContainText('Attention on 9 patches, layer 4, mean of heads');
  const brightest = answer.locator(`[data-token="${required(best, 'a token').place}"]`).first();
  // The end of cividis.
  await expect(brightest).toHaveCSS('background-color', 'rgb(253, 234, 69)');
  await rankedList(page)
    .getByRole('button', { name: /^Token / })
    .first()
    .click();
  await expect.poll(() => addressOf(page).get('token')).toBe(String(best?.place));
  await rankedList(page).getByRole('button', { name: 'Let go of the patches' }).click();
  await expect(rankedList(page)).toBeHidden();
  await expect(answer).not.toContainText('Attention on');
});

test('in a picture of tiles, patches of one tile are picked where that tile lies', async ({
  page,
  server,
}) => {
  const { target, tilesProjector } = await fixtureModels();
  const files = ['--target', target, '--projector', tilesProjector, '--context', '2048'];
  const options = ['--sample', 'specula_086', '--method', 'ar', '--max-tokens', '12'];
  const id = await server.record(...options, ...files);
  const run = recorded(server.home, id);
  const grids = required(run.turns[0], 'the turn').grids;
  expect(grids.length).toBeGreaterThan(2);
  await openLink(page, `#/inspect?run=${id}&token=3`);
  await expect(canvas(page)).toHaveAccessibleName(/with attention/);
  // The second tile lies right of the first; the overview lies over all of them.
  await pick(page, pane(page).getByRole('combobox', { name: 'Tile' }), 'Tile 2: 12 × 12');
  await page.evaluate(() => document.fonts.ready);
  const points = await pointsIn(page, run);
  const start = required(grids[0], 'the first tile').nx * required(grids[0], 'the first tile').ny;
  const patch = start + 5 * 12 + 7;
  const box = required(await canvas(page).boundingBox(), 'the canvas');
  const { x, y } = required(points[patch], 'its point');
  await page.mouse.click(box.x + x, box.y + y);
  await expect(rankedList(page)).toContainText('1 patch');
  await expectRanked(page, run, [patch]);
});

test('patches are picked by keys alone', async ({ page, server }) => {
  const run = recorded(server.home, rich);
  await openLink(page, `#/inspect?run=${rich}&token=3`);
  const patches = pane(page).getByRole('listbox', { name: /^Patches of the image/ });
  await patches.focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Space');
  const { nx } = required(run.turns[0]?.grids[0], 'the grid');
  await expectRanked(page, run, [nx + 1]);
  await expect(patches.getByRole('option')).toHaveAttribute('aria-selected', 'true');
  await expect(patches.getByRole('option')).toContainText(`patch x 1, y 1 of ${nx} × `);
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('Shift+ArrowDown');
  await expectRanked(page, run, [nx + 1, nx + 2, 2 * nx + 1, 2 * nx + 2]);
  // The arrows moved among patches, not among tokens.
  expect(addressOf(page).get('token')).toBe('3');
  await page.keyboard.press('Escape');
  await expect(rankedList(page)).toBeHidden();
});

test('sinks are left out, and what they hold is stated', async ({ page, server }) => {
  const run = recorded(server.home, rich);
  const { nx, ny } = required(run.turns[0]?.grids[0], 'the grid');
  const inner = (patch: number) => {
    const [x, y] = [patch % nx, Math.floor(patch / nx)];
    return x > 0 && y > 0 && x < nx - 1 && y < ny - 1;
  };
  const masses = allMasses(run);
  const at = strongest(masses.map((map) => Math.max(...map.filter((_, patch) => inner(patch)))));
  const mass = required(masses[at], 'a map');
  await openLink(page, `#/inspect?run=${rich}&token=${at}`);
  await pane(page).getByRole('button', { name: 'How maps are drawn' }).click();
  const form = page.getByRole('dialog', { name: 'How maps are drawn' });
  await choose(form, 'Sinks to leave out', 'Both');
  await page.keyboard.press('Escape');
  const total = mass.reduce((sum, value) => sum + value, 0);
  const rest = mass.reduce((sum, value, patch) => sum + (inner(patch) ? value : 0), 0);
  const share = Math.round((1 - rest / total) * 100);
  await expect(pane(page)).toContainText(
    `${2 * (nx + ny) - 4} patches left out, ${share}% of the image's attention; shares are of the rest.`,
  );
  const patch = strongest(mass.map((value, i) => (inner(i) ? value : 0)));
  await page.evaluate(() => document.fonts.ready);
  const { x, y } = required((await pointsIn(page, run))[patch], 'its point');
  await canvas(page).hover({ position: { x, y } });
  const facts = await factsOf(page.locator('dl').filter({ hasText: 'share of the rest' }));
  expectShown(facts.get('share of the rest') ?? '', (mass[patch] ?? 0) / rest);
});

test('two tokens are compared by their difference', async ({ page, server }) => {
  const run = recorded(server.home, rich);
  const masses = allMasses(run);
  await openLink(page, `#/inspect?run=${rich}&token=2`);
  await pane(page).getByRole('button', { name: 'Compare this token with another' }).click();
  await expect.poll(() => addressOf(page).get('against')).toBe('2');
  await expect(pane(page)).toContainText('Select another token');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  const difference = required(masses[4], 'a map').map((value, patch) => value - (masses[2]?.[patch] ?? 0));
  const largest = strongest(difference.map(Math.abs));
  const reach = Math.abs(difference[largest] ?? 0).toPrecision(2);
  await expect(pane(page)).toContainText(`−${reach}`);
  await expect(pane(page)).toContainText(`+${reach}`);
  await page.evaluate(() => document.fonts.ready);
  const { x, y } = required((await pointsIn(page, run))[largest], 'its point');
  await canvas(page).hover({ position: { x, y } });
  const facts = await factsOf(page.locator('dl').filter({ hasText: 'difference' }));
  const shown = facts.get('difference') ?? '';
  expectShown(shown, Math.abs(difference[largest] ?? 0));
  expect(shown.startsWith('+')).toBe((difference[largest] ?? 0) >= 0);
  await pane(page).getByRole('button', { name: 'Compare no longer' }).click();
  await expect.poll(() => addressOf(page).get('against')).toBeNull();
});

test('the score of every token stands against the threshold and selects', async ({ page, server }) => {
  const run = recorded(server.home, rich);
  const { threshold } = run.summary.spec.gate;
  const over = run.tokens.filter(({ score }) => (score ?? 0) >= threshold).length;
  await openLink(page, `#/inspect?run=${rich}&token=5&look=score`);
  await expect(pane(page)).toContainText(
    `${over} tokens of ${run.tokens.length} at or above the threshold .35`,
  );
  await expect(pane(page).locator('[data-hits]')).toHaveAttribute('data-hits', String(over));
  const curve = pane(page).getByRole('slider', { name: 'Token' });
  await curve.press('ArrowRight');
  await expect.poll(() => addressOf(page).get('token')).toBe('6');
  await expect(curve).toHaveAttribute('aria-valuetext', /^token 7, .*r /);
  await curve.press('End');
  await expect.poll(() => addressOf(page).get('token')).toBe(String(run.tokens.length - 1));
});

test('a run that recorded nothing says so where attention would be shown, and offers it', async ({
  page,
  server,
}) => {
  const id = await server.record('--sample', 'specula_086', '--max-tokens', '12', '--capture', 'none');
  const answer = page.getByRole('region', { name: 'Answer' });
  for (const colour of ['shares', 'score']) {
    await openLink(page, `#/inspect?run=${id}&token=3&colour=${colour}`);
    await expect(answer).toContainText('Attention was not recorded: Capture again, in the image pane');
  }
  await look(page, 'Score');
  await expect(pane(page)).toContainText('This run recorded no attention, so no token has a visual score.');
  await pane(page).getByRole('button', { name: 'Capture again' }).first().click();
  const form = page.getByRole('dialog', { name: 'Capture again' });
  await form.getByRole('button', { name: 'Read the attention' }).click();
  await expect(answer).toContainText('Visual score r', { timeout: 60_000 });
  await page.keyboard.press('Escape');
  await expect(pane(page).getByRole('slider', { name: 'Token' })).toBeVisible();
  expect(
    recorded(server.home, id).tokens.every(({ score, shares }) => score !== null && shares !== null),
  ).toBe(true);
});

test('attention of a finished run is captured again, and is that of a live run', async ({ page, server }) => {
  const before = recorded(server.home, bare);
  expect(before.details.every(({ attention }) => attention.length === 0)).toBe(true);
  await openLink(page, `#/inspect?run=${bare}&token=6`);
  await expectStatus(page, 'Done');
  await expect(pane(page)).toContainText('No attention maps were recorded for this round.');
  await pane(page).getByRole('button', { name: 'Capture again' }).first().click();
  const form = page.getByRole('dialog', { name: 'Capture again' });
  await choose(form, 'Layers to capture', 'All layers');
  await expect(form).toContainText(/At most 76\.2 KiB per 100 tokens: 5 maps of 144 patches each\./);
  await form.getByRole('button', { name: 'Read the attention' }).click();
  await expect(page.getByText('The attention was read again and added to the run')).toBeVisible({
    timeout: 60_000,
  });
  await page.keyboard.press('Escape');
  await expect(canvas(page)).toHaveAccessibleName(/with attention/);
  const after = recorded(server.home, bare);
  expect(after.tokens).toEqual(before.tokens);
  const [read, live] = [allMasses(after), allMasses(recorded(server.home, rich))];
  expect(read).toHaveLength(live.length);
  for (const [at, mass] of read.entries()) {
    const other = required(live[at], 'the live map');
    // One step of a byte, where a sum in another order decides its rounding.
    const worst = Math.max(...mass.map((value, patch) => Math.abs(value - (other[patch] ?? -1))));
    expect(worst).toBeLessThanOrEqual(Math.max(...other) / 250 + 1e-5);
  }
});
