import type { Locator, Page } from '@playwright/test';
import { required } from '../../../src-shared/domain/assert.ts';
import { type DraftTree, depths, type NodeFate, pathTo } from '../../../src-shared/domain/tree.ts';
import { expect, test } from '../fixtures.ts';
import { openLink } from '../flows.ts';
import { markedText, type Recorded, recorded, tokensOf } from '../recorded.ts';
import { recordUntil, roundWith } from '../searched.ts';
import { expectShown } from '../shown.ts';

const pane = (page: Page): Locator => page.getByRole('region', { name: 'Draft tree' });

interface ShownNode {
  readonly node: number;
  readonly look: string;
  readonly level: number;
  readonly label: string;
}

/** Nodes on the screen, by index; the one after the last of the tree is the target's own token. */
async function shownNodes(page: Page): Promise<ShownNode[]> {
  const nodes = await pane(page)
    .getByRole('treeitem')
    .evaluateAll((items) =>
      items.map((item) => ({
        node: Number(item.getAttribute('data-node')),
        look: item.getAttribute('data-look') ?? '',
        level: Number(item.getAttribute('aria-level')),
        label: item.getAttribute('aria-label') ?? '',
      })),
    );
  return nodes.sort((a, b) => a.node - b.node);
}

const looks: Readonly<Record<NodeFate, string>> = {
  root: 'root',
  accepted: 'accepted',
  'not-chosen': 'refused',
  'draw-refused': 'refused',
  'parent-refused': 'unreached',
  'after-end': 'ended',
  'cut-budget': 'cut',
  'given-up': 'ended',
  'cut-gate': 'cut',
};

/** Words that must be part of why a node has its fate. */
function reasons(run: Recorded, round: number, tree: DraftTree, node: number): string[] {
  const fate = tree.fates[node];
  const parent = tree.parents[node] ?? 0;
  const chosen = tokensOf(run, round).find((token) => token.rowNode === parent);
  if (fate === 'accepted') return ['accepted'];
  if (fate === 'not-chosen')
    return ['the target chose', `«${markedText(run, required(chosen, 'the choice').id)}»`];
  if (fate === 'draw-refused')
    return ['refused by the draw', `«${markedText(run, required(chosen, 'the choice').id)}»`];
  if (fate === 'cut-budget') return ['cut by the node budget of 30'];
  if (fate === 'parent-refused') {
    let ancestor = parent;
    while (tree.fates[ancestor] === 'parent-refused') ancestor = tree.parents[ancestor] ?? 0;
    return [`«${markedText(run, tree.tokens[ancestor] ?? 0)}» was refused, so it never counted`];
  }
  return [];
}

function expectNode(run: Recorded, round: number, shown: ShownNode): void {
  const tree = required(run.details[round], 'the round').tree;
  const { node } = shown;
  expect(shown.look).toBe(looks[tree.fates[node] ?? 'root']);
  expect(shown.level).toBe((depths(tree.parents)[node] ?? 0) + 1);
  expect(shown.label.startsWith(`${markedText(run, tree.tokens[node] ?? 0)}, `), shown.label).toBe(true);
  for (const words of reasons(run, round, tree, node)) expect(shown.label).toContain(words);
  const draft = tree.draftProb[node] ?? null;
  if (draft !== null) expectShown(/q (\S+)/.exec(shown.label)?.[1] ?? '', draft);
  const target = tree.targetProb[node] ?? null;
  if (target !== null) {
    expectShown(/ p (\S+)/.exec(shown.label)?.[1] ?? '', target);
    expect(shown.label).toContain(`#${(tree.targetRank[node] ?? 0) + 1}`);
  }
}

test('the draft tree is the recorded one, with the reason for every node', async ({
  page,
  server,
  gatedRun,
}) => {
  const run = recorded(server.home, gatedRun);
  const round = roundWith(run, 'accepted', 'not-chosen', 'parent-refused', 'cut-budget');
  const { tree } = required(run.details[round], 'the round');
  const committed = tokensOf(run, round);
  await openLink(page, `#/inspect?run=${gatedRun}&round=${round}`);

  // nodes that were cut are hidden until asked for
  await expect(pane(page).getByRole('treeitem')).toHaveCount(tree.verified + 1);
  await pane(page)
    .getByRole('switch', { name: `${tree.tokens.length - tree.verified} cut` })
    .click();
  await expect(pane(page).getByRole('treeitem')).toHaveCount(tree.tokens.length + 1);
  const shown = await shownNodes(page);
  for (const node of shown.slice(0, -1)) expectNode(run, round, node);

  const own = required(committed.at(-1), 'the last token of the round');
  expect(shown.at(-1)).toMatchObject({ look: own.origin });
  expect(shown.at(-1)?.label).toContain(markedText(run, own.id));

  const accepted = tree.fates.filter((fate) => fate === 'accepted').length;
  await expect(pane(page).locator('[data-look="accepted"]')).toHaveCount(accepted);
  await expect(pane(page)).toContainText(
    `round ${round}: ${tree.verified - 1} tokens verified, ${accepted} accepted`,
  );

  // with an unreached node goes everything below it
  const unreached = tree.fates.filter((fate) => fate === 'parent-refused').length;
  await pane(page)
    .getByRole('switch', { name: `${unreached} unreached` })
    .click();
  const left = tree.tokens.filter(
    (_, node) => !pathTo(tree.parents, node).some((on) => tree.fates[on] === 'parent-refused'),
  );
  await expect(pane(page).getByRole('treeitem')).toHaveCount(left.length + 1);
});

test('under sampling a refusal names the draw', async ({ page, server }) => {
  const draws = ['1', '2', '3', '4', '5'].map((seed) =>
    ['--sample', 'specula_082', '--temperature', '2', '--max-tokens', '24'].concat('--seed', seed),
  );
  const id = await recordUntil(server, draws, {
    'a draw that refused': (one) => roundWith(one, 'draw-refused') >= 0,
  });
  const run = recorded(server.home, id);
  const round = roundWith(run, 'draw-refused');
  await openLink(page, `#/inspect?run=${id}&round=${round}`);
  const { tree } = required(run.details[round], 'the round');
  await expect(pane(page).getByRole('treeitem')).toHaveCount(tree.verified + 1);
  for (const node of (await shownNodes(page)).slice(0, -1)) expectNode(run, round, node);
});

/** A refused node that lies within the pane as it opens, where large trees reach beyond it; null: there is none. */
async function refusedInSight(page: Page): Promise<number | null> {
  const nodes = pane(page).locator('[data-look="refused"]');
  await expect(nodes.first()).toBeAttached();
  const frame = required(await pane(page).getByRole('tree').boundingBox(), 'the tree on the screen');
  for (const node of await nodes.all()) {
    const box = required(await node.boundingBox(), 'a node of the tree');
    const below = box.y + box.height - (frame.y + frame.height);
    const right = box.x + box.width - (frame.x + frame.width);
    if (box.x >= frame.x && box.y >= frame.y && below <= 0 && right <= 0)
      return Number(await node.getAttribute('data-node'));
  }
  return null;
}

test('a refused node that is pressed gives its reason in the details', async ({ page, server, gatedRun }) => {
  const run = recorded(server.home, gatedRun);
  const round = roundWith(run, 'accepted', 'not-chosen');
  const { tree } = required(run.details[round], 'a round with such a node');
  await openLink(page, `#/inspect?run=${gatedRun}&round=${round}`);
  const node = required(await refusedInSight(page), 'a refused node in sight');
  expect(tree.fates[node]).toBe('not-chosen');
  await pane(page).locator(`[data-node="${node}"]`).click();
  await expect(page).toHaveURL(new RegExp(`node=${node}`));
  const details = page.getByRole('region', { name: 'Node' });
  await expect(details).toContainText(markedText(run, tree.tokens[node] ?? 0));
  for (const words of reasons(run, round, tree, node))
    await expect(details).toContainText(new RegExp(words, 'i'));
});
