import { drawAxis, drawGutter, drawTurns } from './draw-axis.ts';
import { drawDrafts, drawTimes } from './draw-bars.ts';
import { drawEntropy } from './draw-entropy.ts';
import { drawScores } from './draw-scores.ts';
import { gutter, type TimelineDrawing } from './drawing.ts';
import { columnsOf, columnValue, xOf } from './geometry.ts';

type Context = CanvasRenderingContext2D;

/** Draws the whole timeline. Work is bounded by the width in pixels, not by the number of rounds. */
export function drawTimeline(context: Context, d: TimelineDrawing): void {
  const columns = columnsOf(d.view, d.rounds.length, d.width, 2);
  const values = columns.map((column) => columnValue(d.rounds, column));
  context.font = d.font;
  drawGutter(context, d);
  context.save();
  context.translate(gutter, 0);
  context.beginPath();
  context.rect(0, 0, d.width, d.height);
  context.clip();
  drawBands(context, d);
  for (const [i, column] of columns.entries()) {
    const value = values[i];
    if (value === undefined) continue;
    drawDrafts(context, d, column, value);
    drawTimes(context, d, column, value);
  }
  if (d.lanes.score !== null) drawScores(context, d, d.lanes.score, columns, values);
  if (d.lanes.entropy !== null) drawEntropy(context, d, d.lanes.entropy, columns, values);
  drawTurns(context, d);
  drawAxis(context, d);
  drawSelected(context, d);
  context.restore();
}

function drawBands(context: Context, d: TimelineDrawing): void {
  const band = (from: number, to: number, colour: string, alpha: number) => {
    const x = xOf(d.view, from, d.width);
    context.globalAlpha = alpha;
    context.fillStyle = colour;
    context.fillRect(x, 0, Math.max(1, xOf(d.view, to, d.width) - x), d.lanes.axis);
    context.globalAlpha = 1;
  };
  if (d.range !== null) band(d.range[0], d.range[1], d.colours.accent, 0.14);
  if (d.hovered !== null) band(d.hovered, d.hovered + 1, d.colours['text-3'], 0.13);
  if (d.selected !== null) band(d.selected, d.selected + 1, d.colours.accent, 0.16);
}

function drawSelected(context: Context, d: TimelineDrawing): void {
  if (d.selected === null) return;
  const from = xOf(d.view, d.selected, d.width);
  const to = xOf(d.view, d.selected + 1, d.width);
  const x = (from + to) / 2;
  context.fillStyle = d.colours.accent;
  context.beginPath();
  context.moveTo(x - 5, 0);
  context.lineTo(x + 5, 0);
  context.lineTo(x, 6);
  context.fill();
  context.strokeStyle = d.colours.accent;
  context.lineWidth = 1;
  if (to - from >= 4)
    context.strokeRect(Math.round(from) + 0.5, 0.5, Math.round(to - from), d.lanes.axis - 1);
}
