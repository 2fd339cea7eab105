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
  /** null where the timeline is too low for one more */
  readonly entropy: Lane | null;
  /** top of the axis */
  readonly axis: number;
}

const gap = 7;
const axisHeight = 15;
export const gutter = 52;
/** room right of the plot */
export const margin = 8;

/** Least height that has room for the lane of entropy. */
const entropyFrom = 150;

/**
 * Divides the height among the lanes; a run without scores gives their room to the others, and a low timeline has no
 * entropy. Lanes end on whole pixels, so that a bar of one accepted token is a sharp line and not a blur over two.
 */
export function lanesOf(height: number, scores: boolean): Lanes {
  const weights = [38, 26, scores ? 36 : 0, height >= entropyFrom ? 24 : 0];
  const used = weights.filter((weight) => weight > 0).length;
  const room = Math.max(0, height - axisHeight - used * gap);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  let top = gap;
  const [drafts, time, score, entropy] = weights.map((weight): Lane | null => {
    if (weight === 0) return null;
    const lane = { top, height: Math.floor((room * weight) / sum) };
    top += lane.height + gap;
    return lane;
  });
  const none = { top: gap, height: 0 };
  return {
    drafts: drafts ?? none,
    time: time ?? none,
    score: score ?? null,
    entropy: entropy ?? null,
    axis: height - axisHeight,
  };
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
