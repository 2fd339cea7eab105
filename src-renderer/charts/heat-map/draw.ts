import type { PatchGrid, PatchRect } from '#shared/domain/run.ts';
import { cellAt, extent, type Fit, patchCount, type Size, toCanvas } from './cells.ts';
import { colourAt, type Domain, position, type Ramp } from './colours.ts';

export interface HeatMapDrawing {
  readonly picture: CanvasImageSource | null;
  readonly image: Size;
  readonly grids: readonly PatchGrid[];
  /** values per patch; null draws the picture alone */
  readonly map: Float32Array | null;
  readonly domain: Domain;
  readonly ramp: Ramp;
  /** 0..1 */
  readonly opacity: number;
  /** show only this grid, null all */
  readonly grid: number | null;
  readonly hovered: number | null;
  /** patches that are left out: struck through instead of coloured */
  readonly mask: ReadonlySet<number> | null;
  /** patches that are framed */
  readonly picked: ReadonlySet<number>;
  readonly line: string;
  /** of what is struck through */
  readonly strike: string;
  readonly padding: string;
}

/** Draws the picture and, over it, one flat rectangle per patch: no interpolation, so a patch is what the model saw. */
export function drawHeatMap(context: CanvasRenderingContext2D, fit: Fit, d: HeatMapDrawing): void {
  const area = toCanvas(extent(d.image, d.grids), fit);
  const whole = toCanvas({ x: 0, y: 0, w: d.image.width, h: d.image.height }, fit);
  drawPadding(context, area, d.padding);
  if (d.picture !== null) {
    context.imageSmoothingEnabled = fit.scale < 3;
    context.imageSmoothingQuality = 'high';
    context.drawImage(d.picture, whole.x, whole.y, whole.w, whole.h);
  }
  if (d.map !== null) drawCells(context, fit, d, d.map);
  context.strokeStyle = d.line;
  context.lineWidth = 1;
  context.strokeRect(whole.x + 0.5, whole.y + 0.5, whole.w - 1, whole.h - 1);
  if (d.picked.size > 0) drawFrames(context, fit, d);
  if (d.hovered !== null) outline(context, fit, d.grids, d.hovered);
}

/** Hatching where patches reach outside the picture. */
function drawPadding(
  context: CanvasRenderingContext2D,
  area: { x: number; y: number; w: number; h: number },
  colour: string,
): void {
  context.save();
  context.beginPath();
  context.rect(area.x, area.y, area.w, area.h);
  context.clip();
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.beginPath();
  for (let x = area.x - area.h; x < area.x + area.w; x += 7) {
    context.moveTo(x, area.y + area.h);
    context.lineTo(x + area.h, area.y);
  }
  context.stroke();
  context.restore();
}

function drawCells(context: CanvasRenderingContext2D, fit: Fit, d: HeatMapDrawing, map: Float32Array): void {
  for (let i = 0; i < Math.min(map.length, patchCount(d.grids)); i += 1) {
    const cell = cellAt(d.grids, i);
    if (cell === null || (d.grid !== null && cell.grid !== d.grid)) continue;
    const r = toCanvas(cell.rect, fit);
    if (d.mask?.has(i) === true) {
      strikeThrough(context, r, d.strike);
      continue;
    }
    const t = position(d.domain, map[i] ?? 0);
    context.globalAlpha = d.opacity * weight(t, d.domain.low < 0);
    context.fillStyle = colourAt(d.ramp, t);
    context.fillRect(r.x, r.y, r.w, r.h);
  }
  context.globalAlpha = 1;
}

function strikeThrough(context: CanvasRenderingContext2D, r: PatchRect, colour: string): void {
  context.globalAlpha = 0.8;
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(r.x + 1, r.y + r.h - 1);
  context.lineTo(r.x + r.w - 1, r.y + 1);
  context.stroke();
}

/** A line on the canvas: x1, y1, x2, y2. */
type Edge = readonly [number, number, number, number];

/** A frame around the picked patches: light on dark, so that it shows on any picture. */
function drawFrames(context: CanvasRenderingContext2D, fit: Fit, d: HeatMapDrawing): void {
  const edges = [...d.picked].flatMap((patch) => outerEdges(fit, d, patch));
  context.lineCap = 'square';
  for (const [width, colour] of [
    [4, 'rgb(0 0 0 / 75%)'],
    [2, '#fff'],
  ] as const) {
    context.lineWidth = width;
    context.strokeStyle = colour;
    context.beginPath();
    for (const [x1, y1, x2, y2] of edges) {
      context.moveTo(x1, y1);
      context.lineTo(x2, y2);
    }
    context.stroke();
  }
  context.lineCap = 'butt';
}

/** Edges of a picked patch that border on none that is picked too, so that a block has one frame. */
function outerEdges(fit: Fit, d: HeatMapDrawing, index: number): readonly Edge[] {
  const cell = cellAt(d.grids, index);
  const grid = cell === null ? undefined : d.grids[cell.grid];
  if (cell === null || grid === undefined || (d.grid !== null && cell.grid !== d.grid)) return [];
  const { x, y, w, h } = toCanvas(cell.rect, fit);
  const { picked } = d;
  return [
    ...(cell.column > 0 && picked.has(index - 1) ? [] : [[x, y, x, y + h] as const]),
    ...(cell.column < grid.nx - 1 && picked.has(index + 1) ? [] : [[x + w, y, x + w, y + h] as const]),
    ...(cell.row > 0 && picked.has(index - grid.nx) ? [] : [[x, y, x + w, y] as const]),
    ...(cell.row < grid.ny - 1 && picked.has(index + grid.nx) ? [] : [[x, y + h, x + w, y + h] as const]),
  ];
}

/** Patches that say little hide little of the picture: a third of the opacity at the low end, or at the middle of a diverging map. */
function weight(t: number, diverging: boolean): number {
  const strength = diverging ? Math.abs(t - 0.5) * 2 : t;
  return 0.33 + 0.67 * Math.max(0, Math.min(1, strength));
}

function outline(
  context: CanvasRenderingContext2D,
  fit: Fit,
  grids: readonly PatchGrid[],
  index: number,
): void {
  const cell = cellAt(grids, index);
  if (cell === null) return;
  const r = toCanvas(cell.rect, fit);
  context.lineWidth = 3;
  context.strokeStyle = 'rgb(0 0 0 / 80%)';
  context.strokeRect(r.x + 0.5, r.y + 0.5, r.w - 1, r.h - 1);
  context.lineWidth = 1.5;
  context.strokeStyle = '#fff';
  context.strokeRect(r.x + 0.5, r.y + 0.5, r.w - 1, r.h - 1);
}
