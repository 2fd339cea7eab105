/** Patches picked on a picture, by rectangle or by keys. */
import type { PatchGrid, PatchRect } from '#shared/domain/run.ts';
import { type Cell, cellAt, patchCount } from './cells.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The rectangle between two points, in any order. */
export function between(a: Point, b: Point): PatchRect {
  return {
    x: Math.min(a.x, b.x),
    y: Math.min(a.y, b.y),
    w: Math.abs(a.x - b.x),
    h: Math.abs(a.y - b.y),
  };
}

/**
 * Patches of all grids (or only one) that a rectangle of the image touches with at least half of their width and of their
 * height, so that a drag over whole patches picks those and not their neighbours. All in image pixels.
 */
export function patchesWithin(
  grids: readonly PatchGrid[],
  rect: PatchRect,
  only: number | null,
): readonly number[] {
  const found: number[] = [];
  for (let i = 0; i < patchCount(grids); i += 1) {
    const cell = cellAt(grids, i);
    if (cell === null || (only !== null && cell.grid !== only)) continue;
    const wide = overlap(cell.rect.x, cell.rect.w, rect.x, rect.w) >= cell.rect.w / 2;
    const high = overlap(cell.rect.y, cell.rect.h, rect.y, rect.h) >= cell.rect.h / 2;
    if (wide && high) found.push(i);
  }
  return found;
}

const overlap = (a: number, aSize: number, b: number, bSize: number): number =>
  Math.min(a + aSize, b + bSize) - Math.max(a, b);

/** Patches of one grid in the block between two of its patches; that of `to` alone where they lie in different grids. */
export function blockOf(grids: readonly PatchGrid[], from: number, to: number): readonly number[] {
  const [a, b] = [cellAt(grids, from), cellAt(grids, to)];
  if (a === null || b === null || a.grid !== b.grid) return [to];
  const nx = grids[a.grid]?.nx ?? 1;
  const start = a.index - (a.row * nx + a.column);
  const out: number[] = [];
  for (let row = Math.min(a.row, b.row); row <= Math.max(a.row, b.row); row += 1) {
    for (let column = Math.min(a.column, b.column); column <= Math.max(a.column, b.column); column += 1) {
      out.push(start + row * nx + column);
    }
  }
  return out;
}

/** The patch that an arrow key leads to, or PageUp and PageDown to the first of another grid; null: not such a key. */
export function stepped(grids: readonly PatchGrid[], cell: Cell, key: string): number | null {
  const grid = grids[cell.grid];
  if (grid === undefined) return null;
  const at = (column: number, row: number) =>
    cell.index + (row - cell.row) * grid.nx + (column - cell.column);
  switch (key) {
    case 'ArrowLeft':
      return at(Math.max(0, cell.column - 1), cell.row);
    case 'ArrowRight':
      return at(Math.min(grid.nx - 1, cell.column + 1), cell.row);
    case 'ArrowUp':
      return at(cell.column, Math.max(0, cell.row - 1));
    case 'ArrowDown':
      return at(cell.column, Math.min(grid.ny - 1, cell.row + 1));
    case 'PageUp':
      return patchCount(grids.slice(0, Math.max(0, cell.grid - 1)));
    case 'PageDown':
      return patchCount(grids.slice(0, Math.min(grids.length - 1, cell.grid + 1)));
    default:
      return null;
  }
}
