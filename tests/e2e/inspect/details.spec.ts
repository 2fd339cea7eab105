import type { Locator, Page } from '@playwright/test';
import { required } from '../../../src-shared/domain/assert.ts';
import type { TopTokens } from '../../../src-shared/domain/tree.ts';
import { expect, test } from '../fixtures.ts';
import { openLink } from '../flows.ts';
import { markedText, type Recorded, recorded } from '../recorded.ts';
import { acceptedAtRoot } from '../searched.ts';
import { expectShown, factsOf } from '../shown.ts';

const pane = (page: Page): Locator => page.getByRole('region', { name: 'Token' });

/** Asserts that a list shows a recorded distribution: every token, its probability and its rank on the other side. */
async function expectTop(
  run: Recorded,
  list: Locator,
  top: TopTokens,
  other: TopTokens | null,
): Promise<void> {
  const rows = list.getByRole('listitem');
  await expect(rows).toHaveCount(top.ids.length);
  for (const [i, row] of (await rows.all()).entries()) {
    const id = top.ids[i] ?? 0;
    await expect(row.locator('code')).toHaveText(markedText(run, id));
    const [probability = '', rank = ''] = await row.locator('span').allTextContents();
    expectShown(probability, top.probs[i] ?? 0);
    const there = other?.ids.indexOf(id) ?? -1;
    expect(rank).toBe(there < 0 ? '–' : `#${there + 1}`);
  }
}

test('a token is shown with everything recorded about it', async ({ page, server, gatedRun }) => {
  const run = recorded(server.home, gatedRun);
  const at = acceptedAtRoot(run);
  const token = required(run.tokens[at], 'an accepted token');
  const { tree } = required(run.details[token.round], 'its round');
  await openLink(page, `#/inspect?run=${gatedRun}&token=${at}`);

  await expect(pane(page)).toContainText(`accepted draft, round ${token.round}`);
  const facts = await factsOf(pane(page).locator('dl'));
  expectShown(facts.get('p target') ?? '', token.pTarget);
  expectShown(facts.get('p draft') ?? '', required(token.pDraft, 'its draft probability'));
  expectShown(facts.get('entropy') ?? '', token.entropy);
  expectShown(facts.get('margin') ?? '', token.margin);
  expectShown(facts.get('r') ?? '', required(token.score, 'its score'));

  const lists = pane(page).getByRole('list');
  const target = required(tree.targetTop[token.rowNode], 'the row of the target');
  const draft = required(tree.draftTop[token.rowNode], 'the row of the draft');
  await expectTop(run, lists.nth(0), target, draft);
  await expectTop(run, lists.nth(1), draft, target);

  const shares = required(token.shares, 'its shares');
  const printed = await pane(page)
    .getByRole('figure', { name: 'Attention shares' })
    .locator('b')
    .allTextContents();
  const parts = [shares.system, shares.image, shares.text, shares.generated];
  expect(printed).toHaveLength(parts.length);
  for (const [i, part] of parts.entries()) expectShown(printed[i] ?? '', part);

  const ms = required(run.rounds[token.round], 'its round').ms;
  const times = await pane(page)
    .getByRole('figure', { name: 'Time of the round' })
    .locator('b')
    .allTextContents();
  for (const [i, part] of [ms.draft, ms.verify, ms.capture, ms.other].entries())
    expectShown(times[i] ?? '', part);
});

test('what follows a token is the row of its own node', async ({ page, server, gatedRun }) => {
  const run = recorded(server.home, gatedRun);
  const at = acceptedAtRoot(run);
  const { tree } = required(run.details[run.tokens[at]?.round ?? 0], 'its round');
  // The next token was read at the node that this one is.
  const node = required(run.tokens[at + 1], 'the next token').rowNode;
  await openLink(page, `#/inspect?run=${gatedRun}&token=${at}`);
  await pane(page).getByRole('button', { name: 'What follows it' }).click();
  const target = required(tree.targetTop[node], 'the row of the target');
  await expectTop(run, pane(page).getByRole('list').nth(0), target, tree.draftTop[node] ?? null);
});
