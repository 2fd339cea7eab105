import type { Ceilings, TimelineRound, View } from './geometry.ts';

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

/**
 * Divides the height among the lanes; a run without scores gives their room to the others. Lanes end on whole pixels,
 * so that a bar of one accepted token is a sharp line and not a blur over two.
 */
export function lanesOf(height: number, scores: boolean): Lanes {
  const room = Math.max(0, height - axisHeight - gap - (scores ? 2 : 1) * gap);
  const parts = (scores ? [0.38, 0.26, 0.36] : [0.6, 0.4]).map((part) => Math.floor(room * part));
  const drafts = { top: gap, height: parts[0] ?? 0 };
  const time = { top: drafts.top + drafts.height + gap, height: parts[1] ?? 0 };
  const score = scores ? { top: time.top + time.height + gap, height: parts[2] ?? 0 } : null;
  return { drafts, time, score, axis: height - axisHeight };
}

/** Everything the timeline draws. */
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
