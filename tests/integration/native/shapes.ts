/** Draft tree shapes as parent lists (node 0 is the root, parents first). */
import { at, numbers } from './support.ts';

export function chain(drafted: number): Int32Array {
  return Int32Array.from({ length: drafted + 1 }, (_, i) => i - 1);
}

/** Every node down to `depth` has two children. */
export function binary(depth: number): Int32Array {
  return Int32Array.from({ length: 2 ** (depth + 1) - 1 }, (_, i) =>
    i === 0 ? -1 : Math.floor((i - 1) / 2),
  );
}

/** EAGLE's static tree of 26 nodes (`mc_sim_7b_63`), as paths of child indices; the root is added. */
// biome-ignore format: one depth per line
const MC_SIM_7B_63 = [
  [0], [1], [2], [3],
  [0, 0], [0, 1], [0, 2], [1, 0], [1, 1], [2, 0], [2, 1], [3, 0],
  [0, 0, 0], [0, 0, 1], [0, 0, 2], [0, 1, 0], [0, 1, 1], [0, 2, 0], [0, 2, 1], [1, 0, 0],
  [0, 0, 0, 0], [0, 0, 0, 1], [0, 0, 0, 2],
  [0, 0, 0, 0, 0], [0, 0, 0, 0, 1],
];

export function eagleStatic(): Int32Array {
  const nodeOf = new Map<string, number>([['', 0]]);
  const parents = [-1];
  for (const route of MC_SIM_7B_63) {
    parents.push(nodeOf.get(route.slice(0, -1).join()) ?? 0);
    nodeOf.set(route.join(), parents.length - 1);
  }
  return Int32Array.from(parents);
}

/** A random tree with exactly `nodes` nodes and `leaves` leaves, no deeper than `depth`. */
export function random(nodes: number, leaves: number, depth: number, seed: number): Int32Array {
  const next = numbers(seed);
  const parents = [-1];
  const depths = [0];
  const isLeaf = [true];
  let count = 1;
  while (parents.length < nodes) {
    const left = nodes - parents.length;
    // A node below a leaf keeps the number of leaves, one below an inner node adds one.
    const mustAdd = leaves - count === left;
    const mayAdd = leaves > count;
    const parent = next(parents.length);
    const adds = isLeaf[parent] === false;
    if (at(depths, parent) >= depth || (adds ? !mayAdd : mustAdd)) continue;
    if (adds) count++;
    isLeaf[parent] = false;
    parents.push(parent);
    depths.push(at(depths, parent) + 1);
    isLeaf.push(true);
  }
  return Int32Array.from(parents);
}

export function leafCount(parents: Int32Array): number {
  const inner = new Set(parents);
  return Array.from(parents.keys()).filter((node) => !inner.has(node)).length;
}
