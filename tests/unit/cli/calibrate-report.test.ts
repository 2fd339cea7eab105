import { expect, it } from 'vitest';
import {
  type Calibration,
  calibrationCsv,
  calibrationReport,
} from '../../../src-main/cli/calibrate-report.ts';
import { defaultMethod } from '../../../src-shared/domain/method.ts';
import { type Costs, type Root, whatIf } from '../../../src-shared/metrics/what-if.ts';

const root = (score: number, accepted: number): Root => ({
  score,
  kind: 'drafted',
  accepted,
  assumed: false,
});
/** Nothing is accepted where r is high, which a gate can use. */
const turn: Root[] = [
  root(0.1, 2),
  root(0.3, 1),
  root(0.2, 0),
  root(0.8, 0),
  root(0.9, 0),
  root(0.7, 0),
  root(0.1, 0),
];
const costs: Costs = {
  drafted: { rounds: 5, ms: 10, scoreMs: 0.5 },
  undrafted: null,
  plain: { rounds: 7, ms: 6, scoreMs: 0.5 },
  prefill: 2,
};

const calibration = (change: Partial<Calibration> = {}, by: Partial<Costs> = {}): Calibration => ({
  method: defaultMethod('pld'),
  gate: { mode: 'probe', threshold: 0.35 },
  runs: [{ sample: 's', run: 'a', survey: 'b' }],
  exact: true,
  costs: { ...costs, ...by },
  result: whatIf([turn], { ...costs, ...by }),
  check: null,
  ...change,
});

it('marks the best threshold and says how to use it', () => {
  const text = calibrationReport(calibration());
  expect(text.split('\n').filter((line) => line.trimEnd().endsWith('best'))).toHaveLength(1);
  // Three skips at 6.5 instead of 10: (2 + 2 x 10.5 + 3 x 6.5) / (2 + 5 x 10); between .3 and .7 all gates are the same.
  expect(text).toContain(
    'Best: --gate paper --threshold 0.5 takes an estimated 0.817 of the time without a gate.',
  );
  expect(text).toMatch(/^0\.5 +6 +3 +0 +1\.000 +0\.750 +42\.5 +0\.817 +best$/m);
  expect(text).toMatch(/drafted 10\.000 ms \+ score 0\.500 ms \(5 rounds\); asked, no draft not measured/);
});

it('says when no threshold helps, when times are missing, and when counts are estimates', () => {
  const dear = calibrationReport(calibration({}, { plain: { rounds: 7, ms: 12, scoreMs: 0.5 } }));
  expect(dear).toContain('No threshold helps: the best one (never) takes 1.048 of the time without a gate.');
  // Without a plain round even the end of the curve has no time, but never skipping has.
  expect(calibrationReport(calibration({}, { plain: null }))).toContain('No threshold helps');
  expect(calibrationReport(calibration({}, { drafted: null }))).toContain('No best threshold');
  expect(calibrationReport(calibration({ exact: false }))).toContain('counts  estimates');
});

it('compares with real runs where asked', () => {
  const text = calibrationReport(calibration({ check: { rounds: 6, ms: 39 } }));
  expect(text).toContain(
    'Checked with real runs at 0.5: 6 rounds (what-if: 6), 0.750 of the time without a gate.',
  );
});

it('writes the whole curve as CSV, never skipping with an empty threshold', () => {
  const lines = calibrationCsv(calibration()).trimEnd().split('\n');
  expect(lines[0]).toBe('threshold,rounds,new_tokens,skipped,lost,precision,recall,estimated_ms,ratio,best');
  expect(lines).toHaveLength(1 + calibration().result.curve.length);
  expect(lines[1]).toMatch(/^,6,8,0,0,,0,/);
  expect(lines.filter((line) => line.endsWith(',1'))).toEqual([
    '0.5,6,8,3,0,1,0.75,42.5,0.8173076923076923,1',
  ]);
});
