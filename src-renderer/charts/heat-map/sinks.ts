/**
 * Attention sinks: patches that take much attention in every row whatever they show, mostly the first one and those at the
 * border (Xiao et al. 2023, Darcet et al. 2023). Leaving them out shows where the rest goes.
 */
import type { PatchGrid } from '#shared/domain/run.ts';
import { patchCount } from './cells.ts';

/** Patches that are left out: none, the first of every grid, the outermost ring of every grid, or both. */
export const sinkMasks = ['none', 'first', 'border', 'both'] as const;
export type SinkMask = (typeof sinkMasks)[number];

/** Which patches are left out, in the order of the grids; null: none. A grid of two or fewer rows or columns is all border. */
export function maskOf(grids: readonly PatchGrid[], kind: SinkMask): ReadonlySet<number> | null {
  if (kind === 'none' || patchCount(grids) === 0) return null;
  const masked = new Set<number>();
  let start = 0;
  for (const { nx, ny } of grids) {
    if (kind !== 'border') masked.add(start);
    if (kind !== 'first') {
      for (let i = 0; i < nx * ny; i += 1) {
        const [x, y] = [i % nx, Math.floor(i / nx)];
        if (x === 0 || y === 0 || x === nx - 1 || y === ny - 1) masked.add(start + i);
      }
    }
    start += nx * ny;
  }
  return masked;
}

/** The patches left out and their part of a map. */
export interface LeftOut {
  readonly patches: number;
  /** their weights together */
  readonly mass: number;
}

export function leftOut(map: Float32Array, mask: ReadonlySet<number> | null): LeftOut | null {
  if (mask === null) return null;
  let mass = 0;
  for (const patch of mask) mass += map[patch] ?? 0;
  return { patches: mask.size, mass };
}

/** A map without what is left out, for its scale: those patches count as 0. */
export function withoutMasked(map: Float32Array, mask: ReadonlySet<number> | null): Float32Array {
  if (mask === null) return map;
  return map.map((value, patch) => (mask.has(patch) ? 0 : value));
}
