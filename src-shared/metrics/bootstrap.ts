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
 * Percentile intervals (Efron and Tibshirani 1993, chapter 13) of several statistics over the same resamples. What is drawn,
 * with replacement, are whole clusters of units (Davison and Hinkley 1997, section 3.8): turns of one sample share its
 * picture, so they are no independent observations, and intervals over turns drawn one by one would be too narrow. Give a
 * method's and the baseline's numbers of one turn in one unit, and the resamples are paired. Resamples without a value
 * (null) are left out; the interval is null when every one is, or when there are fewer than two clusters.
 */
export function bootstrap<T, K extends string>(
  clusters: readonly (readonly T[])[],
  statistics: Readonly<Record<K, (resample: readonly T[]) => number | null>>,
  { seed, resamples, level }: BootstrapOptions = defaultBootstrap,
): Readonly<Record<K, Interval | null>> {
  const names = Object.keys(statistics) as K[];
  const values = new Map<K, number[]>(names.map((name) => [name, []]));
  const random = seededRandom(seed, 0);
  for (let i = 0; i < resamples && clusters.length > 1; i++) {
    const drawn = draw(clusters, random).flat();
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

/** As many items as there are, each drawn from all of them. */
function draw<T>(items: readonly T[], random: Random): T[] {
  return items.map((item) => items[Math.floor(random() * items.length)] ?? item);
}
