import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { draftShapeSchema } from '../../../src-shared/domain/method.ts';
import { binaryShape, chainShape, eagleShape } from '../../../src-shared/domain/shapes.ts';
import { depths, pathTo } from '../../../src-shared/domain/tree.ts';
import { randomShape } from '../../fixtures/random-shape.ts';

/** Parents of the whole tree, root included. */
const whole = (parents: readonly number[]) => [-1, ...parents];
const leaves = (parents: readonly number[]) => whole(parents).filter((_, i) => !parents.includes(i)).length;

describe('preset shapes', () => {
  it('are shapes that the contract accepts', () => {
    for (const shape of [chainShape(8), binaryShape(4), eagleShape, randomShape(1, 60, 30)]) {
      expect(draftShapeSchema.parse(shape)).toEqual(shape);
    }
  });

  it('has a binary tree of 31 nodes at depth 4', () => {
    const { parents } = binaryShape(4);
    expect(parents).toHaveLength(30);
    expect(leaves(parents)).toBe(16);
    expect(Math.max(...depths(whole(parents)))).toBe(4);
  });

  it('has EAGLE-1’s 26 nodes, levels 4, 8, 8, 3, 2 below the root (methods.md 4.6)', () => {
    const perLevel = [0, 0, 0, 0, 0, 0];
    for (const d of depths(whole(eagleShape.parents))) perLevel[d] = (perLevel[d] ?? 0) + 1;
    expect(perLevel).toEqual([1, 4, 8, 8, 3, 2]);
    const ranks = [0, ...eagleShape.ranks];
    const paths = ranks.map((_, node) =>
      pathTo(whole(eagleShape.parents), node)
        .slice(1)
        .map((i) => ranks[i]),
    );
    expect(paths).toContainEqual([0, 0, 0, 0, 1]);
    expect(paths).toContainEqual([1, 0, 0]);
    expect(paths).not.toContainEqual([3, 1]);
  });

  it('has random trees of the asked size, the same for the same seed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1000 }), (seed) => {
        const { parents, ranks } = randomShape(seed, 60, 30);
        expect(parents).toHaveLength(59);
        expect(leaves(parents)).toBe(30);
        expect(Math.max(...depths(whole(parents)))).toBeLessThanOrEqual(8);
        expect(randomShape(seed, 60, 30)).toEqual({ kind: 'static', parents, ranks });
      }),
      { numRuns: 20 },
    );
  });
});
