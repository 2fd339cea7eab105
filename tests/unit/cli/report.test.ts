import { expect, test } from 'vitest';
import type { Round } from '#shared/domain/round.ts';
import type { RunSummary } from '#shared/domain/run.ts';
import { addRound, emptyTotals } from '#shared/metrics/totals.ts';
import { report } from '../../../src-main/cli/report.ts';
import { fingerprint, makeRecord, spec, turn } from '../storage/records.ts';

function summaryOf(rounds: readonly Round[], change: Partial<RunSummary> = {}): RunSummary {
  return {
    id: 'r1',
    createdAt: 0,
    status: 'done',
    reason: null,
    spec,
    topic: 't',
    totals: rounds.reduce(addRound, emptyTotals),
    fingerprint,
    fork: null,
    source: { kind: 'run' },
    ...change,
  };
}

const plain = (index: number, noDraft: Round['noDraft']): Round => ({
  ...makeRecord(0).round,
  index,
  drafted: 0,
  accepted: 0,
  noDraft,
});

test('numbers come with their definitions', () => {
  const rounds = [plain(0, 'prefill'), ...[1, 2, 3].map((i) => makeRecord(i, 11).round), plain(4, 'gate')];
  const text = report(
    summaryOf(rounds),
    [
      { ...turn, endedBy: 'end-of-text' },
      { ...turn, index: 1, endedBy: 'context-full' },
    ],
    rounds,
  );
  expect(text).toMatch(/^run +r1 +done$/m);
  expect(text).toMatch(/^ended by +end of text, full context \(--context\) +why each answer ended$/m);
  expect(text).toMatch(/^new tokens +8 +in 5 rounds/m);
  expect(text).toMatch(/^MAT +1\.60 +new tokens per round/m);
  expect(text).toMatch(/^acceptance +10\.0 % +accepted \/ drafted tokens: 3 \/ 30$/m);
  expect(text).toMatch(/^speed +71\.1 tok\/s/m);
  expect(text).toMatch(
    /^not drafted +2 +rounds without a draft: first token of a turn 1, forbidden by the gate 1$/m,
  );
  expect(text).not.toContain('Nothing was drafted');
});

test('a speculative run that drafted nothing says so, and why', () => {
  const rounds = [plain(0, 'prefill'), plain(1, 'no-match'), plain(2, 'no-match')];
  const method = { name: 'pld', ngram: 4, maxDraft: 10 } as const;
  const text = report(summaryOf(rounds, { spec: { ...spec, method } }), [], rounds);
  expect(text).toContain('Nothing was drafted in this run: first token of a turn 1, no match found 2.');
  expect(text).toMatch(/^acceptance +- /m);
  expect(report(summaryOf(rounds, { spec: { ...spec, method: { name: 'ar' } } }), [], rounds)).not.toContain(
    'Nothing',
  );
});

test('a run without a round has no numbers to divide', () => {
  const text = report(summaryOf([], { status: 'failed', reason: 'no memory', fingerprint: null }), [], []);
  expect(text).toMatch(/^run +r1 +failed: no memory$/m);
  expect(text).toMatch(/^MAT +- /m);
  expect(text).not.toContain('NaN');
});
