import type { PatchGrid, PatchRect } from '#shared/domain/run.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** One patch: its place in the attention row, its grid and column/row there, and its rectangle in image pixels. */
export interface Cell {
  readonly index: number;
  readonly grid: number;
  readonly column: number;
  readonly row: number;
  readonly rect: PatchRect;
}

/** Patches of all grids; a row of attention has one value per patch. */
export function patchCount(grids: readonly PatchGrid[]): number {
  return grids.reduce((sum, grid) => sum + grid.nx * grid.ny, 0);
}

/** The patch with place `index`, null outside all grids. */
export function cellAt(grids: readonly PatchGrid[], index: number): Cell | null {
  let rest = index;
  for (const [g, grid] of grids.entries()) {
    const n = grid.nx * grid.ny;
    if (rest < n && rest >= 0) {
      const column = rest % grid.nx;
      const row = Math.floor(rest / grid.nx);
      return { index, grid: g, column, row, rect: cellRect(grid, column, row) };
    }
    rest -= n;
  }
  return null;
}

function cellRect(grid: PatchGrid, column: number, row: number): PatchRect {
  const w = grid.area.w / grid.nx;
  const h = grid.area.h / grid.ny;
  return { x: grid.area.x + column * w, y: grid.area.y + row * h, w, h };
}

/**
 * The patch under a point of the image, in image pixels. Later grids lie on top of earlier ones: tiles over the
 * overview picture of the whole. `only` restricts the search to one grid.
 */
export function cellUnder(
  grids: readonly PatchGrid[],
  x: number,
  y: number,
  only: number | null = null,
): Cell | null {
  let end = patchCount(grids);
  for (let g = grids.length - 1; g >= 0; g -= 1) {
    const grid = grids[g];
    if (grid === undefined) continue;
    end -= grid.nx * grid.ny;
    if (only !== null && only !== g) continue;
    const column = Math.floor(((x - grid.area.x) / grid.area.w) * grid.nx);
    const row = Math.floor(((y - grid.area.y) / grid.area.h) * grid.ny);
    if (column < 0 || row < 0 || column >= grid.nx || row >= grid.ny) continue;
    return { index: end + row * grid.nx + column, grid: g, column, row, rect: cellRect(grid, column, row) };
  }
  return null;
}

/** Smallest rectangle around the picture and all grids, in image pixels: padding patches lie outside the picture. */
export function extent(image: Size, grids: readonly PatchGrid[]): PatchRect {
  const left = Math.min(0, ...grids.map((g) => g.area.x));
  const top = Math.min(0, ...grids.map((g) => g.area.y));
  const right = Math.max(image.width, ...grids.map((g) => g.area.x + g.area.w));
  const bottom = Math.max(image.height, ...grids.map((g) => g.area.y + g.area.h));
  return { x: left, y: top, w: right - left, h: bottom - top };
}

/** How image pixels become canvas pixels: canvas = (image - origin) * scale + offset. */
export interface Fit {
  readonly scale: number;
  readonly offsetX: number;
  readonly offsetY: number;
}

/** Largest uniform scale that shows `area` whole in a box, centred. */
export function fitInto(area: PatchRect, box: Size): Fit {
  const scale = Math.max(0, Math.min(box.width / area.w, box.height / area.h));
  return {
    scale,
    offsetX: (box.width - area.w * scale) / 2 - area.x * scale,
    offsetY: (box.height - area.h * scale) / 2 - area.y * scale,
  };
}

/**
 * A rectangle of the image on the canvas, with edges on whole pixels, so that neighbouring cells touch without a
 * seam or an overlap.
 */
export function toCanvas(rect: PatchRect, fit: Fit): PatchRect {
  const left = Math.round(rect.x * fit.scale + fit.offsetX);
  const top = Math.round(rect.y * fit.scale + fit.offsetY);
  const right = Math.round((rect.x + rect.w) * fit.scale + fit.offsetX);
  const bottom = Math.round((rect.y + rect.h) * fit.scale + fit.offsetY);
  return { x: left, y: top, w: right - left, h: bottom - top };
}
