import { expect, it } from 'vitest';
import { bootstrap } from '../../../src-shared/metrics/bootstrap.ts';
import { speedupGlobal, speedupLatency, speedupPaired } from '../../../src-shared/metrics/speedup.ts';
import { quantile } from '../../../src-shared/metrics/statistics.ts';
import { matOf } from '../../../src-shared/metrics/totals.ts';

/**
 * The expected numbers are those of NumPy 1.24.2 and SciPy 1.10.1 for this script:
 *
 *   import numpy as np
 *   from scipy import stats
 *   tokens = np.array([10, 100, 37, 8, 64, 21, 250, 12])
 *   rounds = np.array([6, 31, 37, 3, 20, 15, 61, 9])
 *   wall = np.array([0.5, 2.0, 1.1, 0.3, 1.6, 0.9, 4.2, 0.45])
 *   plain_tokens = np.array([10, 100, 36, 8, 64, 25, 250, 12])
 *   plain_wall = np.array([0.4, 4.0, 1.3, 0.35, 2.9, 1.0, 10.1, 0.5])
 *   np.mean((tokens / wall) / (plain_tokens / plain_wall))                                # paired
 *   (tokens.sum() / wall.sum()) / (plain_tokens.sum() / plain_wall.sum())                 # global
 *   np.mean(plain_wall / wall)                                                            # latency
 *   mat = lambda t, r, axis=-1: t.sum(axis=-1) / r.sum(axis=-1)
 *   ratio = lambda t, w, pt, pw, axis=-1: np.mean((t / w) / (pt / pw), axis=-1)
 *   kw = dict(paired=True, vectorized=True, method='percentile', n_resamples=200000, random_state=7)
 *   stats.bootstrap((tokens, rounds), mat, **kw).confidence_interval
 *   stats.bootstrap((tokens, wall, plain_tokens, plain_wall), ratio, **kw).confidence_interval
 *   np.quantile(plain_wall, [0.5, 0.9, 0.025])
 *   # whole samples are drawn: the turns of one add up, since both statistics are shares of sums
 *   sample = np.array([0, 0, 1, 2, 2, 2, 3, 4])
 *   of = lambda values: np.bincount(sample, weights=values)
 *   speed = (tokens / wall) / (plain_tokens / plain_wall)
 *   stats.bootstrap((of(tokens), of(rounds)), mat, **kw).confidence_interval
 *   stats.bootstrap((of(speed), of(np.ones(8))), mat, **kw).confidence_interval
 */
const tokens = [10, 100, 37, 8, 64, 21, 250, 12];
const rounds = [6, 31, 37, 3, 20, 15, 61, 9];
const wall = [0.5, 2.0, 1.1, 0.3, 1.6, 0.9, 4.2, 0.45];
const plainTokens = [10, 100, 36, 8, 64, 25, 250, 12];
const plainWall = [0.4, 4.0, 1.3, 0.35, 2.9, 1.0, 10.1, 0.5];

const sampleOf = [0, 0, 1, 2, 2, 2, 3, 4];

const units = tokens.map((count, i) => ({
  newTokens: count,
  rounds: rounds[i] ?? 0,
  method: { tokens: count, seconds: wall[i] ?? 0 },
  baseline: { tokens: plainTokens[i] ?? 0, seconds: plainWall[i] ?? 0 },
}));

const alone = <T>(items: readonly T[]): T[][] => items.map((item) => [item]);

it('speedups, MAT and quantiles are those of NumPy', () => {
  expect(speedupPaired(units)).toBeCloseTo(1.4303774350649352, 12);
  expect(speedupGlobal(units)).toBeCloseTo(1.8486806146678014, 12);
  expect(speedupLatency(units)).toBeCloseTo(1.4484961219336219, 12);
  expect(matOf(units)).toBeCloseTo(2.758241758241758, 12);
  const sorted = plainWall.toSorted((a, b) => a - b);
  expect([0.5, 0.9, 0.025].map((q) => quantile(sorted, q))).toEqual([
    expect.closeTo(1.15, 12),
    expect.closeTo(5.829999999999998, 12),
    expect.closeTo(0.35875, 12),
  ]);
});

it('percentile intervals agree with SciPy within what resampling leaves open', () => {
  const { mat, paired } = bootstrap(
    alone(units),
    { mat: matOf, paired: speedupPaired },
    { seed: 3, resamples: 40_000, level: 0.95 },
  );
  // Four standard errors of such a quantile are about 0.02 here.
  expect(mat?.[0]).toBeCloseTo(1.4161073825503356, 1);
  expect(mat?.[1]).toBeCloseTo(3.6574074074074074, 1);
  expect(paired?.[0]).toBeCloseTo(1.0835069444444443, 1);
  expect(paired?.[1]).toBeCloseTo(1.8161165223665223, 1);
});

it('with whole samples drawn the intervals are those of SciPy too', () => {
  const clusters = [...Map.groupBy(units.keys(), (i) => sampleOf[i]).values()].map((own) =>
    own.flatMap((i) => units[i] ?? []),
  );
  expect(clusters.map(({ length }) => length)).toEqual([2, 1, 3, 1, 1]);
  const options = { seed: 3, resamples: 40_000, level: 0.95 };
  const { mat, paired } = bootstrap(clusters, { mat: matOf, paired: speedupPaired }, options);
  // Five samples give few different resamples: the next one above is 3.7174.
  expect(mat).toEqual([expect.closeTo(1.4692307692307693, 1), expect.closeTo(3.693798449612403, 1)]);
  expect(paired).toEqual([expect.closeTo(1.2234307359307357, 1), expect.closeTo(1.8714886964886963, 1)]);
});

it('keeps the turns of a sample together', () => {
  const clusters = [[1, 2], [3], [4, 5, 6]];
  const whole = (drawn: readonly number[]) => {
    const count = (value: number) => drawn.filter((each) => each === value).length;
    expect([count(2), count(5), count(6)]).toEqual([count(1), count(4), count(4)]);
    return count(1) + count(3) + count(4);
  };
  expect(bootstrap(clusters, { whole }, { seed: 2, resamples: 300, level: 0.9 })).toEqual({ whole: [3, 3] });
});

it('of three units every resample is one of 27: the interval of their mean is exact', () => {
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  // 8 of 27 resamples have the mean 0, 12 have 1, 6 have 2 and 1 has 3: 5 % from both ends lie 0 and 2
  const options = { seed: 1, resamples: 20_000, level: 0.9 };
  const { interval } = bootstrap(alone([0, 0, 3]), { interval: mean }, options);
  expect(interval).toEqual([0, 2]);
});

it('is seeded, needs two clusters, and leaves out resamples without a value', () => {
  const options = { seed: 5, resamples: 200, level: 0.95 };
  const once = bootstrap(alone(units), { mat: matOf }, options);
  expect(bootstrap(alone(units), { mat: matOf }, options)).toEqual(once);
  expect(bootstrap(alone(units), { mat: matOf }, { ...options, seed: 6 })).not.toEqual(once);
  expect(bootstrap([units], { mat: matOf }, options)).toEqual({ mat: null });
  expect(bootstrap(alone([0, 1]), { none: () => null }, options)).toEqual({ none: null });
  const first = (values: readonly number[]) => (values[0] === 0 ? null : 7);
  expect(bootstrap(alone([0, 1]), { first }, options)).toEqual({ first: [7, 7] });
});
