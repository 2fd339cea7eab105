import { depths } from '../../../src-shared/domain/tree.ts';
import { expect, test } from '../fixtures.ts';
import { addressOf, control, expectStatus, openLink, openSample } from '../flows.ts';
import { recorded } from '../recorded.ts';

test('arrow keys walk through tokens and rounds', async ({ page, server, gatedRun }) => {
  const run = recorded(server.home, gatedRun);
  await openLink(page, `#/inspect?run=${gatedRun}&token=5`);
  const selected = async () => {
    const { token, round } = Object.fromEntries(addressOf(page));
    return { token, round };
  };
  const roundOf = (token: number): string => String(run.tokens[token]?.round);
  await expect(page.locator('[data-token="5"]')).toBeVisible();

  await page.keyboard.press('ArrowRight');
  await expect.poll(selected).toEqual({ token: '6', round: roundOf(6) });
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await expect.poll(selected).toEqual({ token: '4', round: roundOf(4) });

  const round = Number(roundOf(4));
  await page.keyboard.press('ArrowDown');
  await expect.poll(selected).toEqual({ token: undefined, round: String(round + 1) });
  await page.keyboard.press(']');
  await expect.poll(selected).toMatchObject({ round: String(round + 2) });
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('[');
  await expect.poll(selected).toMatchObject({ round: String(round) });
  await page.keyboard.press('Home');
  await expect.poll(selected).toMatchObject({ round: '0' });
  await page.keyboard.press('ArrowUp');
  await expect(page.getByRole('region', { name: 'Draft tree' })).toContainText('round 0:');
  await page.keyboard.press('End');
  await expect.poll(selected).toEqual({ token: undefined, round: undefined });
  await expect(page.getByRole('region', { name: 'Draft tree' })).toContainText(
    `round ${run.rounds.length - 1}:`,
  );
});

test('arrow keys walk through the nodes of the tree that has the focus', async ({
  page,
  server,
  gatedRun,
}) => {
  const run = recorded(server.home, gatedRun);
  const round = run.details.findIndex(
    ({ tree }) => tree.fates.filter((fate) => fate === 'accepted').length >= 2,
  );
  await openLink(page, `#/inspect?run=${gatedRun}&round=${round}&node=0`);
  const tree = page.getByRole('tree');
  const node = () => addressOf(page).get('node');
  await expect(page.getByRole('treeitem', { selected: true })).toHaveAttribute('data-node', '0');
  await tree.focus();
  const path = run.details[round]?.tree.fates.flatMap((fate, i) => (fate === 'accepted' ? [i] : [])) ?? [];
  await page.keyboard.press('ArrowRight');
  await expect.poll(node).toBe(String(path[0]));
  await page.keyboard.press('ArrowRight');
  await expect.poll(node).toBe(String(path[1]));
  await expect(tree).toHaveAttribute('aria-activedescendant', /./);
  await page.keyboard.press('ArrowLeft');
  await expect.poll(node).toBe(String(path[0]));
  await page.keyboard.press('Escape');
  await expect.poll(node).toBeNull();
});

test('a node that is walked to comes into sight', async ({ page, server, gatedRun }) => {
  const run = recorded(server.home, gatedRun);
  // from the first node of the fullest column to its last
  const columns = run.details.flatMap(({ tree }, round) => {
    const depthOf = depths(tree.parents).slice(0, tree.verified);
    return [2, 3, 4].map((depth) => ({ round, depth, nodes: depthOf.filter((d) => d === depth).length }));
  });
  const fullest = columns.reduce((a, b) => (b.nodes > a.nodes ? b : a));
  await openLink(page, `#/inspect?run=${gatedRun}&round=${fullest.round}&node=0`);
  const tree = page.getByRole('tree');
  const walked = page.getByRole('treeitem', { selected: true });
  await expect(walked).toHaveAttribute('data-node', '0');
  await tree.focus();
  const keys = [...Array(fullest.depth).fill('ArrowRight'), ...Array(fullest.nodes - 1).fill('ArrowDown')];
  for (const key of keys) {
    const before = (await walked.getAttribute('data-node')) ?? '';
    await page.keyboard.press(key);
    await expect(walked).not.toHaveAttribute('data-node', before);
  }
  const [inner, outer] = [await walked.boundingBox(), await tree.boundingBox()];
  if (inner === null || outer === null) throw new Error('the tree is not on the screen');
  expect(inner.y).toBeGreaterThanOrEqual(outer.y);
  expect(inner.y + inner.height).toBeLessThanOrEqual(outer.y + outer.height);
  expect(inner.x).toBeGreaterThanOrEqual(outer.x);
});

test('a run is started, stepped and stopped by keys', async ({ page, server }) => {
  await openSample(page, 'specula_003');
  await expect(control(page, 'Run')).toBeEnabled();
  await page.keyboard.press('n');
  await expect.poll(() => addressOf(page).get('run')).not.toBeNull();
  await expectStatus(page, 'Paused');
  const stepped = addressOf(page).get('run') ?? '';
  await page.keyboard.press('n');
  await expect.poll(() => recorded(server.home, stepped).rounds.length).toBe(2);
  await expectStatus(page, 'Paused');
  await page.keyboard.press('x');
  await expectStatus(page, 'Stopped');

  await page.keyboard.press('ControlOrMeta+Enter');
  await expect.poll(() => addressOf(page).get('run')).not.toBe(stepped);
  await expectStatus(page, 'Done');

  // paused, then to the end
  const done = addressOf(page).get('run');
  await page.keyboard.press('n');
  await expect.poll(() => addressOf(page).get('run')).not.toBe(done);
  await expectStatus(page, 'Paused');
  await page.keyboard.press('p');
  await expectStatus(page, 'Done');
});

test('the list of shortcuts has those of the screen', async ({ page, gatedRun }) => {
  await openLink(page, `#/inspect?run=${gatedRun}`);
  await expect(page.locator('[data-token]').first()).toBeVisible();
  await page.keyboard.press('Shift+?');
  const dialog = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  for (const action of ['Run', 'Decode one round', 'Pause or continue', 'Stop', 'Next token', 'Next round']) {
    await expect(dialog.getByText(action, { exact: true }).first()).toBeVisible();
  }
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
});
