/** A fork has the first rounds of its parent, which may be a fork itself: where each round of a run is stored. */
import { required } from '#shared/domain/assert.ts';
import type { Round } from '#shared/domain/round.ts';
import type { Turn } from '#shared/domain/run.ts';
import type { SummaryRow } from './rows.ts';

/** Rounds [from, to) of a run, as they are stored with the run `row`. */
export interface Segment {
  readonly row: SummaryRow;
  readonly from: number;
  readonly to: number;
}

/** The segments of a run, oldest first; the last one is its own. A fork of a part that its parent shares has an empty one between. */
export function segmentsOf(row: SummaryRow, byKey: (key: number) => SummaryRow | undefined): Segment[] {
  const out: Segment[] = [];
  let to = Number.MAX_SAFE_INTEGER;
  for (let at = row; ; ) {
    const from = at.forkRound ?? 0;
    out.unshift({ row: at, from: Math.min(from, to), to });
    if (at.parentRun === null) return out;
    to = Math.min(to, from);
    at = required(byKey(at.parentRun), `the run that ${at.id} was forked from`);
  }
}

/** The segment that holds a round. */
export function segmentAt(segments: readonly Segment[], round: number): Segment | undefined {
  return segments.find(({ from, to }) => round >= from && round < to);
}

/**
 * Turns that a fork has from before it: those before the turn in which it begins, and that one too if it shares rounds
 * of it; that turn has not ended.
 */
export function sharedTurns(
  turns: readonly Turn[],
  shared: readonly Pick<Round, 'turn'>[],
  turn: number,
): Turn[] {
  const begun = shared.some((round) => round.turn === turn);
  return turns.flatMap((t) => {
    if (t.index < turn) return [t];
    return t.index === turn && begun ? [{ ...t, endedBy: null }] : [];
  });
}
