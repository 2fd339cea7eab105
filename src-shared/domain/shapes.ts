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

/**
 * Children of each inner node of Token Recycling's published tree, a node being named by the ranks that lead to it:
 * always the first ranks (methods.md 4.3).
 */
const recyclingChildren: Readonly<Record<string, number>> = {
  ...{ '': 8 },
  ...{ 0: 8, 1: 4, 2: 3, 3: 2, 4: 1, 5: 1, 6: 1, 7: 1 },
  ...{ '00': 8, '01': 3, '02': 2, '03': 1, '04': 1, '05': 1, '06': 1, '07': 1 },
  ...{ 10: 2, 11: 1, 20: 1, 30: 1, 40: 1, 50: 1 },
  ...{ '000': 5, '001': 2, '002': 1, '003': 1, '004': 1, '010': 1, '020': 1, 100: 1, 200: 1, 300: 1 },
  ...{ '0000': 3, '0001': 1, '0002': 1, '0010': 1, '0100': 1, 1000: 1 },
  ...{ '00000': 2, '00010': 1 },
};

/** Token Recycling's static tree: 81 nodes with the root, 6 levels, breadth first. */
export const recyclingShape: StaticShape = breadthFirst(recyclingChildren);

function breadthFirst(children: Readonly<Record<string, number>>): StaticShape {
  const names = [''];
  const parents: number[] = [];
  const ranks: number[] = [];
  for (let node = 0; node < names.length; node++) {
    for (let rank = 0; rank < (children[names[node] ?? ''] ?? 0); rank++) {
      names.push(`${names[node]}${rank}`);
      parents.push(node);
      ranks.push(rank);
    }
  }
  return { kind: 'static', parents, ranks };
}
