/** Draft tree shapes as the native surface takes them: parent lists, node 0 the root. */
import { binaryShape, chainShape, eagleShape, type StaticShape } from '../../../src-shared/domain/shapes.ts';
import { randomShape } from '../../fixtures/random-shape.ts';

function withRoot(shape: StaticShape): Int32Array {
  return Int32Array.from([-1, ...shape.parents]);
}

/** A root and `drafted` tokens after it. */
export const chain = (drafted: number): Int32Array => withRoot(chainShape(drafted));
export const binary = (depth: number): Int32Array => withRoot(binaryShape(depth));
/** EAGLE's static tree of 26 nodes. */
export const eagleStatic = (): Int32Array => withRoot(eagleShape);
export const random = (nodes: number, leaves: number, seed: number): Int32Array =>
  withRoot(randomShape(seed, nodes, leaves));

export function leafCount(parents: Int32Array): number {
  const inner = new Set(parents);
  return Array.from(parents.keys()).filter((node) => !inner.has(node)).length;
}
