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
