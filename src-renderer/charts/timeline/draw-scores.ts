import type { Lane, TimelineDrawing } from './drawing.ts';
import type { Column, ColumnValue } from './geometry.ts';

type Context = CanvasRenderingContext2D;

/** The line of scores against the threshold; hits are filled diamonds, others open circles. */
export function drawScores(
  context: Context,
  d: TimelineDrawing,
  lane: Lane,
  columns: readonly Column[],
  values: readonly ColumnValue[],
): void {
  const yOf = (score: number) => lane.top + lane.height * (1 - Math.min(1, score / d.ceilings.score));
  const points = columns.flatMap((column, i) => {
    const score = values[i]?.score ?? null;
    return score === null ? [] : [{ x: column.x + column.width / 2, y: yOf(score), score, i }];
  });
  context.strokeStyle = d.colours['text-3'];
  context.lineWidth = 1;
  context.beginPath();
  for (const [n, p] of points.entries()) {
    if (n === 0 || points[n - 1]?.i !== p.i - 1) context.moveTo(p.x, p.y);
    else context.lineTo(p.x, p.y);
  }
  context.stroke();
  const threshold = d.rounds.findLast((round) => round.threshold !== null)?.threshold ?? null;
  const wide = (columns[0]?.width ?? 0) >= 5;
  for (const p of points) {
    const hit = threshold !== null && p.score >= threshold;
    if (!wide && !hit) continue;
    context.fillStyle = hit ? d.colours['origin-forced'] : d.colours.surface;
    context.strokeStyle = hit ? d.colours['origin-forced'] : d.colours['text-2'];
    context.beginPath();
    if (hit) diamond(context, p.x, p.y, wide ? 4 : 2);
    else context.arc(p.x, p.y, 2.3, 0, 2 * Math.PI);
    context.fill();
    if (wide) context.stroke();
  }
  if (threshold === null) return;
  const y = Math.round(yOf(threshold)) + 0.5;
  context.strokeStyle = d.colours['origin-forced'];
  context.setLineDash([5, 3]);
  context.beginPath();
  context.moveTo(0, y);
  context.lineTo(d.width, y);
  context.stroke();
  context.setLineDash([]);
}

function diamond(context: Context, x: number, y: number, r: number): void {
  context.moveTo(x, y - r);
  context.lineTo(x + r, y);
  context.lineTo(x, y + r);
  context.lineTo(x - r, y);
  context.closePath();
}
