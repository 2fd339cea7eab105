import { expect, it } from 'vitest';
import { defaultMethod } from '../../../src-shared/domain/method.ts';
import { autoEngine, greedy, type RunSpec, type RunSummary } from '../../../src-shared/domain/run.ts';
import { emptyTotals } from '../../../src-shared/metrics/totals.ts';
import {
  runFor,
  seriesOf,
  surveyFor,
  surveySpec,
  whatIfProblem,
} from '../../../src-shared/metrics/what-if-series.ts';

const spec: RunSpec = {
  dataSetId: 'd',
  sampleId: 'a',
  target: 't',
  projector: 'p',
  draft: null,
  draftProjector: null,
  method: defaultMethod('pld'),
  gate: { mode: 'probe', threshold: 0.3 },
  sampling: greedy,
  maxTokens: 64,
  systemPrompt: null,
  capture: { layers: 'last' },
  engine: autoEngine,
};

const run = (
  id: string,
  createdAt: number,
  change: Partial<RunSpec> = {},
  more: Partial<RunSummary> = {},
): RunSummary => ({
  id,
  createdAt,
  status: 'done',
  reason: null,
  spec: { ...spec, ...change },
  topic: 'general vqa',
  totals: emptyTotals,
  fingerprint: null,
  fork: null,
  source: { kind: 'run' },
  ...more,
});
const survey = (
  id: string,
  createdAt: number,
  change: Partial<RunSpec> = {},
  more: Partial<RunSummary> = {},
) => run(id, createdAt, surveySpec({ ...spec, ...change }), more);

it('finds the newest whole survey of the same sample and settings, whatever the gate', () => {
  const own = run('own', 5);
  const all = [
    own,
    survey('old', 1),
    survey('new', 2, { gate: { mode: 'paper', threshold: 0.9, heads: 'mean' } }),
    survey('stopped', 9, {}, { status: 'stopped' }),
    survey('other sample', 9, { sampleId: 'b' }),
    survey('other method', 9, { method: { name: 'pld', ngram: 2, maxDraft: 10 } }),
    survey('other heads', 9, { gate: { mode: 'probe', threshold: 0.3, heads: 'max' } }),
    survey('other layer', 9, { gate: { mode: 'probe', threshold: 0.3, layer: 1 } }),
  ];
  expect(surveyFor(own, all)?.id).toBe('new');
  expect(surveyFor(run('b', 1, { maxTokens: 3 }), all)).toBeNull();
  expect(runFor(all[2] ?? own, all)?.id).toBe('own');
});

it('takes one run per sample over a data set, without skips where there is one', () => {
  const own = run('own', 5);
  const skipped = { ...emptyTotals, skipped: 4 };
  const all = [
    own,
    run('own again', 9),
    run('b gated', 9, { sampleId: 'b', gate: { mode: 'paper', threshold: 0.1 } }, { totals: skipped }),
    run('b', 3, { sampleId: 'b' }),
    run('b older', 2, { sampleId: 'b' }),
    run('c gated', 4, { sampleId: 'c', gate: { mode: 'paper', threshold: 0.1 } }, { totals: skipped }),
    run('d live', 4, { sampleId: 'd' }, { status: 'running' }),
    run('e elsewhere', 4, { sampleId: 'e', dataSetId: 'other' }),
    survey('s', 1, { sampleId: 'b' }),
  ];
  const pairs = seriesOf(own, all).map(({ run: r, survey: s }) => [r.id, s?.id ?? null]);
  expect(pairs.sort()).toEqual([
    ['b', 's'],
    ['c gated', null],
    ['own', null],
  ]);
});

it('says which runs allow no what-if, and what to do', () => {
  expect(whatIfProblem(run('a', 1))).toBeNull();
  expect(whatIfProblem(run('a', 1, { method: { name: 'ar' } }))).toMatch(/drafts nothing/);
  expect(whatIfProblem(run('a', 1, { sampling: { ...greedy, temperature: 1 } }))).toMatch(
    /use temperature 0/,
  );
  expect(whatIfProblem(run('a', 1, { capture: { layers: 'none' } }))).toMatch(/capture at least the score/);
});
