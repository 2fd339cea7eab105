import { gutter, type Lane, type TimelineDrawing } from './drawing.ts';
import { xOf } from './geometry.ts';

type Context = CanvasRenderingContext2D;

/** Names and upper ends of the lanes. */
export function drawGutter(context: Context, d: TimelineDrawing): void {
  const lanes: [Lane | null, string, string][] = [
    [d.lanes.drafts, 'drafted', String(d.ceilings.drafted)],
    [d.lanes.time, 'ms', d.ceilings.ms < 10 ? d.ceilings.ms.toFixed(1) : String(Math.round(d.ceilings.ms))],
    [d.lanes.score, 'r', d.ceilings.score.toFixed(2).replace(/^0/, '')],
    [d.lanes.entropy, 'H', d.ceilings.entropy.toFixed(1)],
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

/** Lines where a turn begins. */
export function drawTurns(context: Context, d: TimelineDrawing): void {
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

/** Round numbers. */
export function drawAxis(context: Context, d: TimelineDrawing): void {
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
