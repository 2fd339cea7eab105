import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { DraftShape } from './method.ts';

export type StaticShape = Extract<DraftShape, { readonly kind: 'static' }>;

/** A chain as a static tree: the most likely token, `length` times. */
export function chainShape(length: number): StaticShape {
  return {
    kind: 'static',
    parents: Array.from({ length }, (_, i) => i),
    ranks: Array.from({ length }, () => 0),
  };
}

/** Every node has two children down to `depth`: 2^(depth+1) - 2 nodes below the root. */
export function binaryShape(depth: number): StaticShape {
  const count = 2 ** (depth + 1) - 2;
  return {
    kind: 'static',
    parents: Array.from({ length: count }, (_, i) => Math.floor(i / 2)),
    ranks: Array.from({ length: count }, (_, i) => i % 2),
  };
}

/** The 25 paths of EAGLE-1's published static tree `mc_sim_7b_63`, each a list of ranks from the root (methods.md 4.6). */
const eaglePaths: readonly string[] = [
  ...['0', '1', '2', '3'],
  ...['00', '01', '02', '10', '11', '20', '21', '30'],
  ...['000', '001', '002', '010', '011', '020', '021', '100'],
  ...['0000', '0001', '0002'],
  ...['00000', '00001'],
];

/** EAGLE-1's static tree: 26 nodes with the root. */
export const eagleShape: StaticShape = {
  kind: 'static',
  parents: eaglePaths.map((path) => eaglePaths.indexOf(path.slice(0, -1)) + 1),
  ranks: eaglePaths.map((path) => Number(path.at(-1))),
};

const deepest = 8;

/**
 * A random tree with `nodes` nodes (root included), exactly `leaves` leaves and at most 8 levels; the same seed gives
 * the same tree. Throws when no such tree turns up in 100,000 tries.
 */
export function randomShape(seed: number, nodes: number, leaves: number): StaticShape {
  const random = xoroshiro128plus(seed);
  for (let attempt = 0; attempt < 100_000; attempt++) {
    const parents: number[] = [];
    const ranks: number[] = [];
    const depth = [0];
    const children = [0];
    while (depth.length < nodes) {
      const parent = uniformInt(random, 0, depth.length - 1);
      const level = (depth[parent] ?? 0) + 1;
      const rank = children[parent] ?? 0;
      if (level > deepest || rank > 31) continue;
      parents.push(parent);
      ranks.push(rank);
      children[parent] = rank + 1;
      depth.push(level);
      children.push(0);
    }
    if (children.filter((n) => n === 0).length === leaves) return { kind: 'static', parents, ranks };
  }
  throw new Error(`found no random tree with ${nodes} nodes and ${leaves} leaves; ask for other numbers`);
}
