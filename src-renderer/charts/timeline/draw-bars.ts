import type { TimelineDrawing } from './drawing.ts';
import type { Column, ColumnValue } from './geometry.ts';

type Context = CanvasRenderingContext2D;

/** Left edge and width of a column's bar, with a gap between bars where there is room for one. */
function barOf(column: Column): [number, number] {
  const space = column.width >= 4 ? Math.min(4, column.width * 0.22) : 0;
  return [column.x + space / 2, Math.max(1, column.width - space)];
}

/** One column of the lane of drafts: drafted as an outline, accepted filled. */
export function drawDrafts(context: Context, d: TimelineDrawing, column: Column, v: ColumnValue): void {
  const { top, height } = d.lanes.drafts;
  const [x, w] = barOf(column);
  const bottom = top + height;
  const scale = height / d.ceilings.drafted;
  if (v.skipped > 0) drawSkip(context, d, x, w, v.skipped);
  if (v.drafted > 0) {
    const h = Math.max(1, v.drafted * scale);
    if (w >= 4) {
      context.strokeStyle = d.colours['text-3'];
      context.lineWidth = 1;
      context.strokeRect(x + 0.5, bottom - h + 0.5, w - 1, h - 1);
    } else {
      context.fillStyle = d.colours['border-strong'];
      context.fillRect(x, bottom - h, w, h);
    }
  }
  if (v.accepted > 0) {
    const h = Math.max(1, v.accepted * scale);
    context.fillStyle = d.colours['origin-accepted-mark'];
    context.fillRect(x, bottom - h, w, h);
  }
  if (v.drafted === 0 && v.skipped === 0) {
    context.fillStyle = d.colours['border-strong'];
    context.fillRect(x, bottom - 2, w, 2);
  }
}

/** A skipped round: tinted over the lane and hatched, so that it is seen without colour as well. */
function drawSkip(context: Context, d: TimelineDrawing, x: number, w: number, share: number): void {
  const { top, height } = d.lanes.drafts;
  const h = height * share;
  const y = top + height - h;
  context.fillStyle = d.colours['origin-forced-bg'];
  context.fillRect(x, y, w, h);
  if (w < 5) {
    context.fillStyle = d.colours['origin-forced-mark'];
    context.fillRect(x, top + height - 3, w, 3);
    return;
  }
  context.save();
  context.beginPath();
  context.rect(x, y, w, h);
  context.clip();
  context.strokeStyle = d.colours['origin-forced-mark'];
  context.lineWidth = 1.25;
  context.beginPath();
  for (let i = -h; i < w; i += 6) {
    context.moveTo(x + i, y + h);
    context.lineTo(x + i + h, y);
  }
  context.stroke();
  context.restore();
}

/** One column of the lane of times, stacked. */
export function drawTimes(context: Context, d: TimelineDrawing, column: Column, v: ColumnValue): void {
  const { top, height } = d.lanes.time;
  const [x, w] = barOf(column);
  const scale = height / d.ceilings.ms;
  const parts: [number, string][] = [
    [v.draftMs, d.colours['time-draft']],
    [v.verifyMs, d.colours['time-verify']],
    [v.captureMs, d.colours['time-capture']],
    [v.otherMs, d.colours['time-other']],
  ];
  let y = top + height;
  for (const [ms, colour] of parts) {
    const h = Math.min(ms * scale, y - top);
    if (h <= 0) continue;
    y -= h;
    context.fillStyle = colour;
    context.fillRect(x, y, w, h);
  }
  const total = v.draftMs + v.verifyMs + v.captureMs + v.otherMs;
  if (total > d.ceilings.ms * 1.001) drawCutMark(context, d, x + w / 2, top);
}

/** A wedge at the top of a bar that is taller than its lane. */
function drawCutMark(context: Context, d: TimelineDrawing, x: number, y: number): void {
  context.fillStyle = d.colours.text;
  context.beginPath();
  context.moveTo(x - 3, y + 1);
  context.lineTo(x + 3, y + 1);
  context.lineTo(x, y - 4);
  context.fill();
}
