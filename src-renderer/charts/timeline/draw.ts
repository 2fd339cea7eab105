import {
  type Ceilings,
  type Column,
  type ColumnValue,
  columnsOf,
  columnValue,
  type TimelineRound,
  type View,
  xOf,
} from './geometry.ts';

/** Design tokens that the timeline draws with. */
export const timelineColours = [
  'text',
  'text-2',
  'text-3',
  'border',
  'border-strong',
  'surface',
  'surface-3',
  'accent',
  'accent-soft',
  'origin-accepted-mark',
  'origin-forced',
  'origin-forced-bg',
  'origin-forced-mark',
  'time-draft',
  'time-verify',
  'time-capture',
  'time-other',
] as const;
export type TimelineColours = Readonly<Record<(typeof timelineColours)[number], string>>;

/** Vertical extent of a lane in pixels. */
export interface Lane {
  readonly top: number;
  readonly height: number;
}

export interface Lanes {
  readonly drafts: Lane;
  readonly time: Lane;
  /** null when the run has no scores */
  readonly score: Lane | null;
  /** top of the axis */
  readonly axis: number;
}

const gap = 7;
const axisHeight = 15;
export const gutter = 52;
/** room right of the plot */
export const margin = 8;

/** Divides the height among the lanes; a run without scores gives their room to the others. */
export function lanesOf(height: number, scores: boolean): Lanes {
  const room = Math.max(0, height - axisHeight - gap - (scores ? 2 : 1) * gap);
  const parts = scores ? [0.38, 0.26, 0.36] : [0.6, 0.4];
  const drafts = { top: gap, height: room * (parts[0] ?? 0) };
  const time = { top: drafts.top + drafts.height + gap, height: room * (parts[1] ?? 0) };
  const score = scores ? { top: time.top + time.height + gap, height: room * (parts[2] ?? 0) } : null;
  return { drafts, time, score, axis: height - axisHeight };
}

export interface TimelineDrawing {
  readonly rounds: readonly TimelineRound[];
  readonly view: View;
  /** width of the plot, right of the gutter */
  readonly width: number;
  readonly height: number;
  readonly lanes: Lanes;
  readonly ceilings: Ceilings;
  readonly selected: number | null;
  readonly hovered: number | null;
  /** brushed rounds [from, to) */
  readonly range: readonly [number, number] | null;
  readonly colours: TimelineColours;
  readonly font: string;
}

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
  drawTurns(context, d);
  drawAxis(context, d);
  drawSelected(context, d);
  context.restore();
}

function drawGutter(context: Context, d: TimelineDrawing): void {
  const lanes: [Lane | null, string, string][] = [
    [d.lanes.drafts, 'drafted', String(d.ceilings.drafted)],
    [d.lanes.time, 'ms', d.ceilings.ms < 10 ? d.ceilings.ms.toFixed(1) : String(Math.round(d.ceilings.ms))],
    [d.lanes.score, 'r', d.ceilings.score.toFixed(2).replace(/^0/, '')],
  ];
  for (const [lane, name, top] of lanes) {
    if (lane === null) continue;
    context.textBaseline = 'top';
    context.textAlign = 'left';
    context.fillStyle = d.colours['text-2'];
    context.fillText(name, 8, lane.top - 1);
    context.textAlign = 'right';
    context.fillStyle = d.colours['text-3'];
    if (lane.height > 26 || name !== 'drafted')
      context.fillText(top, gutter - 5, lane.top + (name === 'drafted' ? 12 : -1));
    context.strokeStyle = d.colours.border;
    context.beginPath();
    context.moveTo(gutter, Math.round(lane.top + lane.height) + 0.5);
    context.lineTo(gutter + d.width, Math.round(lane.top + lane.height) + 0.5);
    context.stroke();
  }
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

/** Left edge and width of a column's bar, with a gap between bars where there is room for one. */
function barOf(column: Column): [number, number] {
  const space = column.width >= 4 ? Math.min(4, column.width * 0.22) : 0;
  return [column.x + space / 2, Math.max(1, column.width - space)];
}

function drawDrafts(context: Context, d: TimelineDrawing, column: Column, v: ColumnValue): void {
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

function drawTimes(context: Context, d: TimelineDrawing, column: Column, v: ColumnValue): void {
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

function drawScores(
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

function drawTurns(context: Context, d: TimelineDrawing): void {
  let turn = 0;
  for (const [i, round] of d.rounds.entries()) {
    if (!round.turnStart) continue;
    turn += 1;
    if (turn === 1) continue;
    const x = Math.round(xOf(d.view, i, d.width)) + 0.5;
    context.strokeStyle = d.colours['text-2'];
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(x, 0);
    context.lineTo(x, d.height);
    context.stroke();
    context.fillStyle = d.colours['text-2'];
    context.textAlign = 'left';
    context.textBaseline = 'top';
    context.fillText(`turn ${turn}`, x + 3, d.lanes.axis + 3);
  }
}

/** Steps of 1, 2 or 5 times a power of ten, at least 60 pixels apart. */
function axisStep(perRound: number): number {
  const least = Math.max(1, 60 / perRound);
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map((m) => m * power).find((step) => step >= least) ?? power * 10;
}

function drawAxis(context: Context, d: TimelineDrawing): void {
  const perRound = d.width / (d.view.to - d.view.from);
  const step = axisStep(perRound);
  context.fillStyle = d.colours['text-3'];
  context.textAlign = 'center';
  context.textBaseline = 'top';
  const first = Math.max(0, Math.ceil(d.view.from / step) * step);
  for (let round = first; round < Math.min(d.rounds.length, d.view.to); round += step) {
    const x = xOf(d.view, round + 0.5, d.width);
    if (x < 4 || x > d.width - 8 || (d.rounds[round]?.turnStart === true && round > 0)) continue;
    context.fillText(String(round), x, d.lanes.axis + 3);
  }
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
