/** Small statistics with their definitions. */

/** Wilson's score interval for `right` of `n`, by default with 95 % confidence. Null without any. */
export function wilson(right: number, n: number, z = 1.959964): readonly [number, number] | null {
  if (n === 0) return null;
  const share = right / n;
  const scale = 1 + (z * z) / n;
  const middle = (share + (z * z) / (2 * n)) / scale;
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

/** The quantile at `q` (0..1) of ascending values, interpolated linearly between neighbours (as NumPy does). Null without values. */
export function quantile(ascending: readonly number[], q: number): number | null {
  const at = (ascending.length - 1) * q;
  const low = ascending[Math.floor(at)];
  const high = ascending[Math.ceil(at)];
  return low === undefined || high === undefined ? null : low + (high - low) * (at - Math.floor(at));
}

/** Area under the ROC curve: how often a value of `positive` is larger than one of `negative`, ties counting half. Null where one is empty. */
export function auc(positive: readonly number[], negative: readonly number[]): number | null {
  if (positive.length === 0 || negative.length === 0) return null;
  const below = negative.toSorted((a, b) => a - b);
  const wins = positive.reduce(
    (sum, value) => sum + (bound(below, value, false) + bound(below, value, true)) / 2,
    0,
  );
  return wins / (positive.length * negative.length);
}

/** How many ascending values are smaller than `value`, or not larger when `withEqual`. */
function bound(ascending: readonly number[], value: number, withEqual: boolean): number {
  let from = 0;
  let to = ascending.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    const other = ascending[middle] ?? 0;
    if (other < value || (withEqual && other === value)) from = middle + 1;
    else to = middle;
  }
  return from;
}
