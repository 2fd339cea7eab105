import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PatchGrid } from '#shared/domain/run.ts';
import { cellAt, patchCount } from '../../../../src-renderer/charts/heat-map/cells.ts';
import {
  between,
  blockOf,
  patchesWithin,
  stepped,
} from '../../../../src-renderer/charts/heat-map/picking.ts';
import { leftOut, maskOf, withoutMasked } from '../../../../src-renderer/charts/heat-map/sinks.ts';

/** A picture of 30 x 20 px in two tiles of 3 x 2 and 2 x 2 patches side by side; the first reaches outside it. */
const grids: readonly PatchGrid[] = [
  { nx: 3, ny: 2, area: { x: -5, y: 0, w: 15, h: 20 } },
  { nx: 2, ny: 2, area: { x: 10, y: 0, w: 20, h: 20 } },
];

describe('sinks', () => {
  it('are the first patch, the ring, or both, of every grid', () => {
    const wide: PatchGrid[] = [{ nx: 4, ny: 3, area: { x: 0, y: 0, w: 4, h: 3 } }];
    expect(maskOf(wide, 'none')).toBeNull();
    expect(maskOf([], 'both')).toBeNull();
    expect([...(maskOf(grids, 'first') ?? [])]).toEqual([0, 6]);
    expect([...(maskOf(wide, 'border') ?? [])]).toEqual([0, 1, 2, 3, 4, 7, 8, 9, 10, 11]);
    expect(maskOf(wide, 'both')?.size).toBe(10);
    expect(maskOf(grids, 'border')?.size).toBe(patchCount(grids));
  });

  it('are counted and left out of a map; the rest stays', () => {
    const map = Float32Array.of(0.5, 0.25, 0.125, 0.125);
    const mask = new Set([0, 2]);
    expect(leftOut(map, mask)).toEqual({ patches: 2, mass: 0.625 });
    expect([...withoutMasked(map, mask)]).toEqual([0, 0.25, 0, 0.125]);
    expect(leftOut(map, null)).toBeNull();
    expect(withoutMasked(map, null)).toBe(map);
  });
});

describe('picking', () => {
  it('takes the patches that a rectangle covers by half in both directions', () => {
    const all = { x: -5, y: 0, w: 35, h: 20 };
    expect(patchesWithin(grids, all, null)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(patchesWithin(grids, all, 1)).toEqual([6, 7, 8, 9]);
    // Patches of the first grid are 5 x 10 px: from -5, 0 and 5.
    expect(patchesWithin(grids, between({ x: 7.4, y: 9 }, { x: 0, y: 0 }), null)).toEqual([1]);
    expect(patchesWithin(grids, between({ x: 0, y: 0 }, { x: 7.5, y: 9 }), null)).toEqual([1, 2]);
    expect(patchesWithin(grids, { x: 1, y: 1, w: 1, h: 1 }, null)).toEqual([]);
  });

  it('of whole patches gives exactly those', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        fc.nat(),
        (nx, ny, seed) => {
          const one: PatchGrid[] = [{ nx, ny, area: { x: -3, y: 7, w: nx * 4, h: ny * 6 } }];
          const [a, b] = [seed % (nx * ny), (seed * 31) % (nx * ny)];
          const block = blockOf(one, a, b);
          const rects = block.map((patch) => cellAt(one, patch)?.rect ?? { x: 0, y: 0, w: 0, h: 0 });
          const left = Math.min(...rects.map((r) => r.x));
          const top = Math.min(...rects.map((r) => r.y));
          const right = Math.max(...rects.map((r) => r.x + r.w));
          const bottom = Math.max(...rects.map((r) => r.y + r.h));
          const rect = { x: left, y: top, w: right - left, h: bottom - top };
          expect(patchesWithin(one, rect, null)).toEqual(block);
          expect(block).toContain(a);
          expect(block).toContain(b);
        },
      ),
    );
  });

  it('does not make blocks across tiles', () => {
    expect(blockOf(grids, 0, 5)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(blockOf(grids, 5, 6)).toEqual([6]);
  });

  it('moves by arrows within a tile and by pages between them', () => {
    const step = (from: number, key: string) => {
      const cell = cellAt(grids, from);
      if (cell === null) throw new Error('a cell');
      return stepped(grids, cell, key);
    };
    expect([
      step(1, 'ArrowLeft'),
      step(0, 'ArrowLeft'),
      step(1, 'ArrowRight'),
      step(2, 'ArrowRight'),
    ]).toEqual([0, 0, 2, 2]);
    expect([step(1, 'ArrowDown'), step(4, 'ArrowUp'), step(7, 'ArrowDown'), step(9, 'ArrowDown')]).toEqual([
      4, 1, 9, 9,
    ]);
    expect([step(4, 'PageDown'), step(8, 'PageUp'), step(1, 'PageUp'), step(1, 'x')]).toEqual([
      6,
      0,
      0,
      null,
    ]);
  });
});
