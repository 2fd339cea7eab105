/**
 * What a run would have been with ViSkip (`paper`) at another threshold.
 *
 * Under greedy decoding the answer is the same at every threshold, and so is the score r of each of its tokens. A round
 * starts at a token of the answer, its root: it is skipped (one more token, decoded plainly) when r of the root reaches
 * the threshold, and otherwise commits what is accepted of the draft made there, and one token more. So rounds and
 * tokens at any threshold follow exactly from two facts per token: its score, and what is accepted of a draft made at it.
 */
import { type GateQuality, qualityOf } from './gate-quality.ts';

/** What happens in a round whose root is this token of the answer. */
export interface Root {
  /** visual score of the row that yielded it; null: none was read */
  readonly score: number | null;
  /**
   * - drafted: the drafter offers something there
   * - undrafted: it is asked and offers nothing (no match, draft context full)
   * - closed: only one token is left, so neither drafter nor gate is asked
   */
  readonly kind: 'drafted' | 'undrafted' | 'closed';
  /** draft tokens accepted there, 0 unless drafted */
  readonly accepted: number;
  /** no draft was made at this token: kind and `accepted` are assumed */
  readonly assumed: boolean;
}

/** Roots of one turn: all tokens of its answer but the last. */
export type Roots = readonly Root[];

/** Whether the gate forbids drafting at a root; never asked for closed ones. */
export type Skip = (root: Root) => boolean;

export const skipNever: Skip = () => false;
/** Skips exactly where nothing would be accepted: what a gate could gain that foresees it. */
export const skipOracle: Skip = (root) => root.accepted === 0;
export const skipFrom =
  (threshold: number): Skip =>
  ({ score }) =>
    score !== null && score >= threshold;

/** Rounds of one or more turns under a gate. */
export interface Recount {
  /** turns; each has one round more, the prefill */
  readonly turns: number;
  /** target passes that yield tokens, prefills included */
  readonly rounds: number;
  readonly newTokens: number;
  readonly accepted: number;
  readonly skipped: number;
  readonly drafted: number;
  readonly undrafted: number;
  readonly closed: number;
  /** of the rounds: those whose draft is assumed, not known, skipped ones left out */
  readonly assumed: number;
  /** of the gate's decisions */
  readonly quality: GateQuality;
  /** of the decisions: those whose acceptance is assumed, which only precision and recall lean on where they are skipped */
  readonly unsure: number;
}

/** Walks every turn round by round. */
export function recount(turns: readonly Roots[], skip: Skip): Recount {
  const n = { drafted: 0, undrafted: 0, closed: 0 };
  let [newTokens, accepted, skipped, assumed, unsure, zero, right] = [0, 0, 0, 0, 0, 0, 0];
  for (const roots of turns) {
    newTokens += roots.length + 1;
    for (let at = 0; at < roots.length; ) {
      const root = roots[at];
      if (root === undefined) break;
      at++;
      const skips = root.kind !== 'closed' && skip(root);
      if (root.kind !== 'closed' && root.accepted === 0) zero++;
      if (root.kind !== 'closed' && root.assumed) unsure++;
      if (skips) {
        skipped++;
        if (root.accepted === 0) right++;
        continue;
      }
      n[root.kind]++;
      if (root.assumed) assumed++;
      accepted += root.accepted;
      at += root.accepted;
    }
  }
  const asked = skipped + n.drafted + n.undrafted;
  return {
    turns: turns.length,
    rounds: turns.length + asked + n.closed,
    newTokens,
    accepted,
    skipped,
    ...n,
    assumed,
    quality: qualityOf(asked, skipped, zero, right),
    unsure,
  };
}

/** Mean milliseconds of one kind of round. */
export interface RoundCost {
  /** rounds measured */
  readonly rounds: number;
  /** drafting, verification and the rest, without reading attention */
  readonly ms: number;
  /** reading attention, so what the score costs */
  readonly scoreMs: number;
}

/** Measured costs; null: no such round was measured. */
export interface Costs {
  readonly drafted: RoundCost | null;
  readonly undrafted: RoundCost | null;
  /** a pass of the root alone, without asking the drafter: what a skipped or closed round costs */
  readonly plain: RoundCost | null;
  /** milliseconds of all prefill rounds together, attention included */
  readonly prefill: number;
}

/**
 * Estimated decoding milliseconds: for each kind of round its number times its mean measured cost, prefill rounds as they
 * were. `withScore` false leaves the reading of attention out. Null where a kind occurs that was not measured.
 */
export function estimateMs(count: Recount, costs: Costs, withScore = true): number | null {
  const kinds: readonly (readonly [number, RoundCost | null])[] = [
    [count.drafted, costs.drafted],
    [count.undrafted, costs.undrafted],
    [count.skipped + count.closed, costs.plain],
  ];
  let total = costs.prefill;
  for (const [rounds, cost] of kinds) {
    if (rounds === 0) continue;
    if (cost === null) return null;
    total += rounds * (cost.ms + (withScore ? cost.scoreMs : 0));
  }
  return total;
}

/** One point of the curve. */
export interface Point {
  /** null: never skip */
  readonly threshold: number | null;
  readonly count: Recount;
  /**
   * accepted tokens fewer than without skipping, which is as many rounds more; negative where skips happen to let later
   * rounds begin at better places
   */
  readonly lost: number;
  /** estimated milliseconds, the score's cost included; null: a kind of round was not measured */
  readonly ms: number | null;
  /** ms / milliseconds of the same method without a gate and without reading the score; below 1 the gate helps */
  readonly ratio: number | null;
}

export interface WhatIf {
  /** never skipping, the score not read: what a gate has to beat */
  readonly withoutGate: Point;
  point(threshold: number | null): Point;
  /** skips exactly where nothing would be accepted; its time has no score in it, as it needs none */
  readonly oracle: Point;
  /** by decreasing threshold, from never to always */
  readonly curve: readonly Point[];
  /** of the curve, the point with the least time, the fewest skips among equals; null: times are not known */
  readonly best: Point | null;
}

/** @param most points of the curve; above it, thresholds are taken evenly by rank */
export function whatIf(turns: readonly Roots[], costs: Costs, most = Number.POSITIVE_INFINITY): WhatIf {
  const never = recount(turns, skipNever);
  const base = estimateMs(never, costs, false);
  const pointOf = (threshold: number | null, count: Recount, withScore: boolean): Point => {
    const ms = estimateMs(count, costs, withScore);
    const ratio = ms === null || base === null || base === 0 ? null : ms / base;
    return { threshold, count, lost: never.accepted - count.accepted, ms, ratio };
  };
  const point = (threshold: number | null): Point =>
    pointOf(threshold, threshold === null ? never : recount(turns, skipFrom(threshold)), true);
  const curve = [null, ...thresholds(turns, most)].map(point);
  let best: Point | null = null;
  for (const candidate of curve) {
    if (candidate.ms !== null && (best?.ms == null || candidate.ms < best.ms)) best = candidate;
  }
  return {
    withoutGate: pointOf(null, never, false),
    point,
    oracle: pointOf(null, recount(turns, skipOracle), false),
    curve,
    best,
  };
}

/**
 * One threshold between any two neighbouring scores and one below all, decreasing: every gate there is. Between, not at a
 * score, so that a score read again with another rounding falls on the same side.
 */
export function thresholds(turns: readonly Roots[], most = Number.POSITIVE_INFINITY): number[] {
  const scores = new Set<number>();
  for (const roots of turns)
    for (const { kind, score } of roots) if (kind !== 'closed' && score !== null) scores.add(score);
  const sorted = [...scores].sort((a, b) => b - a);
  const step = Math.max(1, Math.ceil(sorted.length / most));
  return sorted.flatMap((score, i) => {
    const last = i === sorted.length - 1;
    return last || (i + 1) % step === 0 ? [between(sorted[i + 1] ?? 0, score)] : [];
  });
}

/** A number in the middle half between two, with as few decimals as that allows. */
function between(low: number, high: number): number {
  const quarter = (high - low) / 4;
  for (let digits = 2; digits < 9; digits++) {
    const value = Number(((low + high) / 2).toFixed(digits));
    if (value >= low + quarter && value <= high - quarter) return value;
  }
  return (low + high) / 2;
}
