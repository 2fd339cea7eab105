import type { Locator, Page } from '@playwright/test';
import { expect, test } from '../fixtures.ts';
import { addressOf, bar, choose, header, openLink, openSample, runToEnd, setUp } from '../flows.ts';
import { recorded } from '../recorded.ts';

const tree = (page: Page): Locator => page.getByRole('region', { name: 'Draft tree' });

test('prompt lookup that finds nothing says so', async ({ page, server }) => {
  await openSample(page, 'starter_021');
  await setUp(page, 'Method', (form) => choose(form, 'Method', 'Prompt lookup'));
  const id = await runToEnd(page);
  const run = recorded(server.home, id);
  expect(run.rounds.slice(1).map(({ noDraft }) => noDraft)).toEqual(
    run.rounds.slice(1).map(() => 'no-match'),
  );
  const without = run.rounds.length - 1;
  await expect(header(page)).toContainText(`Nothing was drafted in ${without} rounds: ${without} no match`);
  await openLink(page, `#/inspect?run=${id}&round=1`);
  await expect(tree(page)).toContainText('prompt lookup found no earlier place of the last 4 tokens');
  await openLink(page, `#/inspect?run=${id}&round=0`);
  await expect(tree(page)).toContainText('the first token of a turn comes from the last row of the prompt');
});

test('prompt lookup shows where its draft was copied from', async ({ page, server }) => {
  const id = await server.record('--sample', 'starter_051', '--method', 'pld', '--ngram', '2');
  const run = recorded(server.home, id);
  const round = run.details.findIndex(({ tree: { provenance } }) => provenance !== null);
  await openLink(page, `#/inspect?run=${id}&round=${round}`);
  const { provenance, verified } = run.details[round]?.tree ?? { provenance: null, verified: 0 };
  await expect(tree(page)).toContainText(
    `${provenance?.matched} tokens matched in the ${provenance?.source}`,
  );
  await expect(tree(page)).toContainText('then copied:');
  await expect(tree(page).locator('code[data-kind="accepted"], code[data-kind="copied"]')).toHaveCount(
    provenance?.length ?? 0,
  );
  expect(verified - 1).toBe(provenance?.length);
});

test('plain decoding drafts nothing and says so', async ({ page, server }) => {
  await openSample(page, 'starter_021');
  await setUp(page, 'Method', (form) => choose(form, 'Method', 'Plain'));
  const run = recorded(server.home, await runToEnd(page));
  expect(run.rounds.every(({ drafted }) => drafted === 0)).toBe(true);
  await expect(header(page)).toContainText('Plain decoding: nothing is drafted, one token per round');
  await expect(tree(page)).toContainText('the method ar drafts nothing');
});

test('the gate as a probe records its score and never acts', async ({ page, server }) => {
  await openSample(page, 'starter_027');
  await setUp(page, 'Gate', (form) => choose(form, 'Gate', 'Probe'));
  await expect(bar(page).getByRole('button', { name: /^Gate/ })).toContainText('probe, r ≥ .35');
  const run = recorded(server.home, await runToEnd(page));
  expect(run.rounds.some(({ gate }) => gate.hit)).toBe(true);
  expect(run.rounds.some(({ gate }) => gate.skipped)).toBe(false);
  expect(run.tokens.some(({ origin }) => origin === 'forced-plain')).toBe(false);
  await expect(page.getByRole('list', { name: 'Legend of the timeline' })).toContainText('r ≥ threshold');
  await expect(page.getByRole('list', { name: 'Legend of the timeline' })).not.toContainText('skipped');
});

test('a round that the gate skipped tells score and threshold', async ({ page, server, gatedRun }) => {
  const run = recorded(server.home, gatedRun);
  const round = run.rounds.findIndex(({ gate }) => gate.skipped);
  await openLink(page, `#/inspect?run=${gatedRun}&round=${round}`);
  const score = (run.rounds[round]?.gate.score ?? 0).toFixed(2).slice(1);
  await expect(tree(page)).toContainText(`the gate forbade drafting: r ${score} ≥ .35`);
});

test('a conversation shows every turn under its question', async ({ page, server }) => {
  await openSample(page, 'starter_052');
  const run = recorded(server.home, await runToEnd(page));
  expect(run.turns).toHaveLength(3);
  const turns = page.getByRole('region', { name: 'Answer' }).getByRole('article');
  await expect(turns).toHaveCount(3);
  for (const turn of run.turns) {
    await expect(turns.nth(turn.index)).toContainText(`Turn ${turn.index + 1}`);
    await expect(turns.nth(turn.index)).toContainText(turn.user);
    const tokens = run.tokens.filter((token) => token.turn === turn.index);
    await expect(turns.nth(turn.index).locator('[data-token]')).toHaveCount(tokens.length);
  }
  // The image belongs to the first turn; the rows of later turns look at it as well.
  const last = run.tokens.length - 1;
  await page.locator(`[data-token="${last}"]`).click();
  await expect.poll(() => addressOf(page).get('token')).toBe(String(last));
  await expect(page.getByRole('img', { name: 'Image of starter_052 with attention' })).toBeVisible();
});
