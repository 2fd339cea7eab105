/** One round as the timeline draws it. */
export interface TimelineRound {
  readonly drafted: number;
  readonly accepted: number;
  readonly draftMs: number;
  readonly verifyMs: number;
  readonly captureMs: number;
  readonly otherMs: number;
  /** visual score r, null without one */
  readonly score: number | null;
  readonly threshold: number | null;
  /** entropy of the target, mean over the round's tokens, nats; null without tokens */
  readonly entropy: number | null;
  /** the gate forbade drafting */
  readonly skipped: boolean;
  /** first round of a turn */
  readonly turnStart: boolean;
}

/** Visible part of the time axis in rounds: [from, to), fractions allowed. */
export interface View {
  readonly from: number;
  readonly to: number;
}

/** Widest column of one round, so that short runs do not become a few huge blocks. */
export const widestRound = 36;

/** Rounds that fill the width when everything is shown. */
export function roundsAcross(rounds: number, width: number): number {
  return Math.max(rounds, Math.ceil(width / widestRound), 1);
}

/** The view under a d3-zoom transform (x' = x * k + tx over the whole width). */
export function viewOfTransform(k: number, tx: number, rounds: number, width: number): View {
  const perPixel = roundsAcross(rounds, width) / Math.max(1, width) / k;
  return { from: -tx * perPixel, to: (width - tx) * perPixel };
}

/** The transform that gives a view: the inverse of `viewOfTransform`. */
export function transformOfView(
  { from, to }: View,
  rounds: number,
  width: number,
): { readonly k: number; readonly tx: number } {
  const across = roundsAcross(rounds, width);
  const k = across / (to - from);
  return { k, tx: (-from * width * k) / across };
}

export function xOf(view: View, round: number, width: number): number {
  return ((round - view.from) / (view.to - view.from)) * width;
}

/** The round under a pixel; null left or right of the run. */
export function roundAt(view: View, x: number, width: number, rounds: number): number | null {
  const round = Math.floor(view.from + (x / width) * (view.to - view.from));
  return round >= 0 && round < rounds ? round : null;
}

/** A column of the drawing: one round, or several where rounds are narrower than a pixel. */
export interface Column {
  readonly from: number;
  /** exclusive */
  readonly to: number;
  readonly x: number;
  readonly width: number;
}

/** Columns to draw for a view, at most one per `minPixels` pixels of width. */
export function columnsOf(view: View, rounds: number, width: number, minPixels: number): Column[] {
  const perRound = width / (view.to - view.from);
  const step = Math.max(1, Math.ceil(minPixels / perRound));
  const first = Math.max(0, Math.floor(view.from / step) * step);
  const out: Column[] = [];
  for (let from = first; from < Math.min(rounds, view.to); from += step) {
    const to = Math.min(rounds, from + step);
    const x = xOf(view, from, width);
    out.push({ from, to, x, width: xOf(view, to, width) - x });
  }
  return out;
}

/** A column's value: sums and means per round of what it covers. `skipped` is a share of its rounds. */
export interface ColumnValue {
  readonly drafted: number;
  readonly accepted: number;
  readonly draftMs: number;
  readonly verifyMs: number;
  readonly captureMs: number;
  readonly otherMs: number;
  readonly score: number | null;
  readonly threshold: number | null;
  /** the largest, so that a single doubt stays visible when zoomed out */
  readonly entropy: number | null;
  readonly skipped: number;
  readonly turnStart: boolean;
}

/** Means per round over a column; the score is the largest, so that a single hit stays visible when zoomed out. */
export function columnValue(rounds: readonly TimelineRound[], column: Column): ColumnValue {
  const n = column.to - column.from;
  const sum = { drafted: 0, accepted: 0, draftMs: 0, verifyMs: 0, captureMs: 0, otherMs: 0, skipped: 0 };
  let score: number | null = null;
  let threshold: number | null = null;
  let entropy: number | null = null;
  let turnStart = false;
  for (let i = column.from; i < column.to; i += 1) {
    const r = rounds[i];
    if (r === undefined) continue;
    sum.drafted += r.drafted / n;
    sum.accepted += r.accepted / n;
    sum.draftMs += r.draftMs / n;
    sum.verifyMs += r.verifyMs / n;
    sum.captureMs += r.captureMs / n;
    sum.otherMs += r.otherMs / n;
    sum.skipped += (r.skipped ? 1 : 0) / n;
    if (r.score !== null) score = Math.max(score ?? 0, r.score);
    if (r.entropy !== null) entropy = Math.max(entropy ?? 0, r.entropy);
    threshold = r.threshold ?? threshold;
    turnStart ||= r.turnStart;
  }
  return { ...sum, score, threshold, entropy, turnStart };
}

/** The score's lane reaches at least this far, so that a run that hardly looks at the image does not seem to. */
const leastScore = 0.5;

/** Upper ends of the lanes' scales over a whole run, so that they do not jump while zooming. */
export interface Ceilings {
  readonly drafted: number;
  readonly ms: number;
  readonly score: number;
  readonly entropy: number;
}

/**
 * Ceilings of a run. Times of a long run end at the 99th percentile, because one slow round (a page fault, a first kernel) would
 * flatten all others; taller columns are cut and marked.
 */
export function ceilings(rounds: readonly TimelineRound[]): Ceilings {
  const drafted = rounds.reduce((max, r) => Math.max(max, r.drafted), 1);
  const times = rounds.map((r) => r.draftMs + r.verifyMs + r.captureMs + r.otherMs).sort((a, b) => a - b);
  const ms = times[times.length < 100 ? times.length - 1 : Math.floor((times.length - 1) * 0.99)] ?? 0;
  const score = rounds.reduce((max, r) => Math.max(max, r.score ?? 0, (r.threshold ?? 0) * 1.15), 0);
  const entropy = rounds.reduce((max, r) => Math.max(max, r.entropy ?? 0), 0);
  return {
    drafted,
    entropy: entropy > 0 ? entropy : 1,
    ms: ms > 0 ? ms : 1,
    score: score > 0 ? Math.min(1, Math.max(leastScore, score * 1.1)) : 1,
  };
}

/** Totals of the rounds [from, to): what a brushed range says. */
export function rangeTotals(rounds: readonly TimelineRound[], from: number, to: number) {
  const totals = {
    rounds: 0,
    tokens: 0,
    drafted: 0,
    accepted: 0,
    skipped: 0,
    ms: 0,
    draftMs: 0,
    verifyMs: 0,
  };
  for (const r of rounds.slice(Math.max(0, from), Math.max(0, to))) {
    totals.rounds += 1;
    totals.tokens += r.accepted + 1;
    totals.drafted += r.drafted;
    totals.accepted += r.accepted;
    totals.skipped += r.skipped ? 1 : 0;
    totals.draftMs += r.draftMs;
    totals.verifyMs += r.verifyMs;
    totals.ms += r.draftMs + r.verifyMs + r.captureMs + r.otherMs;
  }
  return totals;
}
