import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { klLowerBound } from '#shared/metrics/divergence.ts';

const top = (probs: readonly number[], k: number) => {
  const order = probs.map((_, id) => id).toSorted((a, b) => (probs[b] ?? 0) - (probs[a] ?? 0));
  const ids = order.slice(0, k);
  return { ids, probs: ids.map((id) => probs[id] ?? 0) };
};
const kl = (p: readonly number[], q: readonly number[]) =>
  p.reduce((sum, a, i) => sum + (a > 0 ? a * Math.log(a / (q[i] ?? 0)) : 0), 0);
const distribution = fc
  .array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 6, maxLength: 6 })
  .map((weights) => {
    const sum = weights.reduce((a, b) => a + b, 0);
    return weights.map((w) => w / sum);
  });

describe('KL divergence from the most likely tokens', () => {
  it('is the divergence itself where everything is known', () => {
    const p = [0.7, 0.2, 0.1];
    const q = [0.5, 0.25, 0.25];
    expect(klLowerBound(top(p, 3), top(q, 3))).toBeCloseTo(kl(p, q), 12);
    expect(klLowerBound(top(p, 3), top(p, 3))).toBe(0);
  });

  it('is never more than the divergence, and never negative', () => {
    fc.assert(
      fc.property(distribution, distribution, fc.integer({ min: 1, max: 6 }), (p, q, k) => {
        const bound = klLowerBound(top(p, k), top(q, k));
        expect(bound).toBeGreaterThanOrEqual(0);
        expect(bound).toBeLessThanOrEqual(kl(p, q) + 1e-9);
      }),
    );
  });
});
