/** A probability the way papers print it: ".93"; tiny ones as "<.001", near certainty with more digits. */
export function probability(p: number): string {
  if (p >= 0.99995) return '1.00';
  if (p >= 0.995) return p.toFixed(4).slice(1);
  if (p >= 0.1) return p.toFixed(2).slice(1);
  if (p >= 0.001) return p.toFixed(3).slice(1);
  return p <= 0 ? '0' : '<.001';
}

/** A 0-based rank as people count: 0 is "#1". */
export function rank(zeroBased: number): string {
  return `#${(zeroBased + 1).toLocaleString('en')}`;
}

/** Natural logarithm of a probability, "-0.07". */
export function logProbability(p: number): string {
  return p <= 0 ? '-∞' : Math.min(0, Math.log(p)).toFixed(2).replace('-0.00', '0.00');
}
