import type { Locator, Page } from '@playwright/test';
import { required } from '../../../src-shared/domain/assert.ts';
import { defaultMethod } from '../../../src-shared/domain/method.ts';
import { samplesWith } from '../../fixtures/samples.ts';
import { expect, test } from '../fixtures.ts';
import {
  addressOf,
  bar,
  choose,
  header,
  openLink,
  openSample,
  pick,
  runToEnd,
  setThreshold,
  setUp,
} from '../flows.ts';
import { recorded } from '../recorded.ts';
import { recordUntil } from '../searched.ts';
import { expectShown, printed } from '../shown.ts';

async function fill(form: Locator, field: string, value: string): Promise<void> {
  const box = form.getByRole('textbox', { name: field });
  await box.fill(value);
  await box.press('Enter');
}

const tree = (page: Page): Locator => page.getByRole('region', { name: 'Draft tree' });

test('prompt lookup that finds nothing says so', async ({ page, server }) => {
  await openSample(page, 'specula_003');
  // The last 16 tokens of an answer of 12 have the end of the prompt among them, which stands there only once.
  await setUp(page, 'Method', async (form) => {
    await pick(page, form.getByLabel('Method'), 'Prompt lookup');
    await fill(form, 'Longest n-gram', '16');
  });
  await setUp(page, 'Prompt', (form) => fill(form, 'Most tokens per turn', '12'));
  const id = await runToEnd(page);
  const run = recorded(server.home, id);
  const rounds = run.rounds.slice(1).map(({ noDraft }) => noDraft);
  const last = rounds.at(-1) === 'last-token' ? 1 : 0;
  const unmatched = rounds.length - last;
  expect(unmatched).toBeGreaterThan(2);
  expect(rounds.slice(0, unmatched)).toEqual(Array(unmatched).fill('no-match'));
  await expect(header(page)).toContainText(
    `Nothing was drafted in ${rounds.length} rounds: ${unmatched} no match${last === 1 ? ', 1 last token' : ''}`,
  );
  await openLink(page, `#/inspect?run=${id}&round=1`);
  await expect(tree(page)).toContainText('prompt lookup found no earlier place of the last 16 tokens');
  await openLink(page, `#/inspect?run=${id}&round=0`);
  await expect(tree(page)).toContainText('the first token of a turn comes from the last row of the prompt');
});

test('prompt lookup shows where its draft was copied from', async ({ page, server }) => {
  // questions with options, whose words the answers use again
  const lookUps = ['specula_164', 'specula_165', 'specula_186'].map((sample) =>
    ['--sample', sample, '--method', 'pld'].concat('--ngram', '2'),
  );
  const id = await recordUntil(server, lookUps, {
    'a place to copy from': ({ details }) => details.some(({ tree: { provenance } }) => provenance !== null),
  });
  const run = recorded(server.home, id);
  const round = run.details.findIndex(({ tree: { provenance } }) => provenance !== null);
  await openLink(page, `#/inspect?run=${id}&round=${round}`);
  const { provenance, verified } = run.details[round]?.tree ?? { provenance: null, verified: 0 };
  const first = provenance?.[1];
  await expect(tree(page)).toContainText(`${first?.matched} tokens matched in the ${first?.source}`);
  await expect(tree(page)).toContainText('then copied:');
  await expect(tree(page).locator('code[data-kind="accepted"], code[data-kind="copied"]')).toHaveCount(
    verified - 1,
  );
  expect(verified).toBe(provenance?.length);
});

test('token recycling is set up in the bar, and each node says whose guess it was', async ({
  page,
  server,
}) => {
  await openSample(page, 'specula_164');
  await setUp(page, 'Method', async (form) => {
    await pick(page, form.getByLabel('Method'), 'Token Recycling');
    await choose(form, 'Variant', "As MMSpec's code");
    await expect(form.getByRole('textbox', { name: 'Tokens in the chain' })).toHaveValue('10');
    await choose(form, 'Variant', 'As published');
  });
  await setUp(page, 'Prompt', (form) => fill(form, 'Most tokens per turn', '24'));
  const id = await runToEnd(page);
  const run = recorded(server.home, id);
  expect(run.summary.spec.method).toEqual(defaultMethod('recycling'));
  const round = run.details.findIndex(({ tree: { provenance } }) => provenance !== null);
  const found = required(run.details[round]?.tree.provenance?.[1], 'the provenance of the first node');
  const source = { prompt: 'the prompt', answer: 'the answer', draft: 'a refused draft' }[
    String(found.source)
  ];
  await openLink(page, `#/inspect?run=${id}&round=${round}&node=1`);
  await expect(tree(page)).toContainText('what the target ranked high after these tokens before:');
  await expect(
    page.getByText(`The target’s #1 after the same token, seen in ${source} at ${found.at}.`),
  ).toBeVisible();
});

test('plain decoding drafts nothing and says so', async ({ page, server }) => {
  await openSample(page, 'specula_003');
  await setUp(page, 'Method', (form) => pick(page, form.getByLabel('Method'), 'Plain'));
  const run = recorded(server.home, await runToEnd(page));
  expect(run.rounds.every(({ drafted }) => drafted === 0)).toBe(true);
  await expect(header(page)).toContainText('Plain decoding: nothing is drafted, one token per round');
  await expect(tree(page)).toContainText('the method ar drafts nothing');
});

test('the gate as a probe records its score and never acts', async ({ page, server, gatedRun }) => {
  // Where the gate acted, the probe's score reaches the threshold too: until then both go the same way.
  const { sampleId, gate } = recorded(server.home, gatedRun).summary.spec;
  await openSample(page, sampleId);
  await setUp(page, 'Gate', async (form) => {
    await choose(form, 'Gate', 'Probe');
    await setThreshold(form, gate.threshold);
  });
  await expect(bar(page).getByRole('button', { name: /^Gate/ })).toContainText(
    `probe, r ≥ ${printed(gate.threshold)}`,
  );
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
  const words = tree(page).getByText(/the gate forbade drafting: r \S+ ≥ \S+/);
  const [, score = '', threshold = ''] = /r (\S+) ≥ (\S+)/.exec((await words.textContent()) ?? '') ?? [];
  expectShown(score, required(run.rounds[round]?.gate.score, 'the score of a skipped round'));
  expectShown(threshold, run.summary.spec.gate.threshold);
});

test('a conversation shows every turn under its question', async ({ page, server }) => {
  const [{ id, turns: questions }] = await samplesWith(({ turns }) => turns.length >= 3);
  await openSample(page, id);
  const run = recorded(server.home, await runToEnd(page));
  expect(run.turns.map(({ user }) => user)).toEqual(questions);
  const turns = page.getByRole('region', { name: 'Answer' }).getByRole('article');
  await expect(turns).toHaveCount(questions.length);
  for (const turn of run.turns) {
    await expect(turns.nth(turn.index)).toContainText(`Turn ${turn.index + 1}`);
    await expect(turns.nth(turn.index)).toContainText(turn.user);
  }
  await expect(page.locator('[data-token]')).toHaveCount(run.tokens.length);
  // The image belongs to the first turn; the rows of later turns look at it as well.
  const last = run.tokens.length - 1;
  await page.locator(`[data-token="${last}"]`).click();
  await expect.poll(() => addressOf(page).get('token')).toBe(String(last));
  await expect(page.getByRole('img', { name: `Image of ${id} with attention` })).toBeVisible();
});
