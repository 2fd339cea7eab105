import type { TopTokens } from '../domain/tree.ts';

/**
 * Kullback-Leibler divergence KL(p || q) in nats of two distributions of which only the most likely tokens are known: a
 * lower bound. Tokens known in both count by themselves, everything else as one token (merging outcomes never raises
 * the divergence: log sum inequality, Cover and Thomas, theorem 2.7.1). Rests below 1e-6, which is
 * the precision of the recorded probabilities, count as that.
 */
export function klLowerBound(p: TopTokens, q: TopTokens): number {
  let sum = 0;
  let restP = 1;
  let restQ = 1;
  for (const [i, id] of p.ids.entries()) {
    const at = q.ids.indexOf(id);
    const [a, b] = [p.probs[i] ?? 0, q.probs[at] ?? 0];
    if (at < 0 || b <= 0) continue;
    if (a > 0) sum += a * Math.log(a / b);
    restP -= a;
    restQ -= b;
  }
  // Recorded probabilities are rounded: a rest below that says nothing.
  if (restP > rounding) sum += restP * Math.log(restP / Math.max(restQ, rounding));
  return Math.max(0, sum);
}

const rounding = 1e-6;
