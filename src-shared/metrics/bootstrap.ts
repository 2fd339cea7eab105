/** Bootstrap intervals. */
import { type Random, seededRandom } from '../domain/random.ts';
import { quantile } from './statistics.ts';

export interface BootstrapOptions {
  readonly seed: number;
  /** how many resamples are drawn */
  readonly resamples: number;
  /** confidence, 0..1 */
  readonly level: number;
}

export const defaultBootstrap: BootstrapOptions = { seed: 1, resamples: 1000, level: 0.95 };

export type Interval = readonly [low: number, high: number];

/**
 * Percentile intervals (Efron and Tibshirani 1993, chapter 13) of several statistics over the same resamples. A unit is what
 * is drawn, with replacement, as a whole: give a method's and the baseline's numbers of one sample and turn in one unit,
 * and the resamples are paired. Resamples without a value (null) are left out; the interval is null when every one is, or
 * when there are fewer than two units.
 */
export function bootstrap<T, K extends string>(
  units: readonly T[],
  statistics: Readonly<Record<K, (resample: readonly T[]) => number | null>>,
  { seed, resamples, level }: BootstrapOptions = defaultBootstrap,
): Readonly<Record<K, Interval | null>> {
  const names = Object.keys(statistics) as K[];
  const values = new Map<K, number[]>(names.map((name) => [name, []]));
  const random = seededRandom(seed, 0);
  for (let i = 0; i < resamples && units.length > 1; i++) {
    const drawn = draw(units, random);
    for (const name of names) {
      const value = statistics[name](drawn);
      if (value !== null) values.get(name)?.push(value);
    }
  }
  const tail = (1 - level) / 2;
  const intervalOf = (name: K): Interval | null => {
    const sorted = (values.get(name) ?? []).sort((a, b) => a - b);
    const [low, high] = [quantile(sorted, tail), quantile(sorted, 1 - tail)];
    return low === null || high === null ? null : [low, high];
  };
  return Object.fromEntries(names.map((name) => [name, intervalOf(name)])) as Record<K, Interval | null>;
}

/** As many units as there are, each drawn from all of them. */
function draw<T>(units: readonly T[], random: Random): T[] {
  return units.map((unit) => units[Math.floor(random() * units.length)] ?? unit);
}
