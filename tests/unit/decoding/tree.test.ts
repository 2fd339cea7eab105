import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bestInOrder, emptyPool, propose, rootOfPool, selectTree } from '../../../src-main/decoding/tree.ts';

describe('EAGLE-2 selection', () => {
  it('keeps the best nodes in pool order (methods.md 9)', () => {
    const pool = emptyPool();
    const [A, B, AA, AB, BA, BB] = [10, 11, 20, 21, 22, 23] as const;
    const a = propose(pool, rootOfPool, A, Math.exp(-0.1), 0);
    const b = propose(pool, rootOfPool, B, Math.exp(-2), 1);
    propose(pool, a, AA, Math.exp(-0.3), 0);
    propose(pool, a, AB, Math.exp(-1.5), 1);
    propose(pool, b, BA, Math.exp(-0.2), 0);
    propose(pool, b, BB, Math.exp(-3), 1);
    const draft = selectTree(1, null, pool, 3);
    expect(draft.verified).toBe(4);
    expect([...draft.tokens]).toEqual([1, A, AA, AB, B, BA, BB]);
    expect([...draft.parents]).toEqual([-1, 0, 1, 1, 0, 4, 4]);
    expect([...(draft.scores?.logProb ?? [])].map((s) => s.toFixed(1))).toEqual(
      ['0.0', '-0.1', '-0.4', '-1.6', '-2.0', '-2.2', '-5.0'], // root first, cut proposals last
    );
  });

  it('always keeps a tree, the best by score, and the best of the rest', () => {
    const node = fc.record({ parent: fc.nat(), prob: fc.double({ min: 0, max: 1, noNaN: true }) });
    fc.assert(
      fc.property(
        fc.array(node, { minLength: 1, maxLength: 150 }),
        fc.integer({ min: 1, max: 60 }),
        (nodes, n) => {
          const pool = emptyPool();
          for (const [i, { parent, prob }] of nodes.entries())
            propose(pool, (parent % (i + 1)) - 1, i, prob, 0);
          const draft = selectTree(999, null, pool, n);
          expect(draft.verified).toBe(Math.min(n, nodes.length) + 1);
          const scores = [...(draft.scores?.logProb ?? [])];
          const kept = scores.slice(1, draft.verified);
          const worst = Math.min(...kept);
          for (const score of scores.slice(draft.verified)) expect(score).toBeLessThanOrEqual(worst);
          for (let i = 1; i < draft.tokens.length; i++) {
            const parent = draft.parents[i] ?? -1;
            expect(parent).toBeLessThan(i);
            if (i < draft.verified) expect(parent).toBeLessThan(draft.verified);
            const poolParent = pool.parent[draft.tokens[i] ?? 0] ?? -1;
            expect(draft.tokens[parent]).toBe(poolParent === rootOfPool ? 999 : poolParent);
          }
        },
      ),
    );
  });

  it('breaks ties by the earlier proposal', () => {
    expect(bestInOrder([-1, -1, -1, 0], 2)).toEqual([0, 3]);
  });

  it('keeps logarithms finite and falling when probabilities underflow or round above 1', () => {
    const pool = emptyPool();
    const a = propose(pool, rootOfPool, 1, 1.0000001, 0);
    const b = propose(pool, a, 2, 0, 0);
    expect(pool.logProb[a]).toBe(0);
    expect(pool.logProb[b]).toBeGreaterThan(-1000);
  });
});
