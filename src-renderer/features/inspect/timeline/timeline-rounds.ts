import type { Round } from '#shared/domain/round.ts';
import type { TimelineRound } from '../../../charts/timeline/geometry.ts';

/** Rounds as the timeline draws them. */
export function timelineRounds(rounds: readonly Round[]): TimelineRound[] {
  return rounds.map((round, i) => ({
    drafted: round.drafted,
    accepted: round.accepted,
    draftMs: round.ms.draft,
    verifyMs: round.ms.verify,
    captureMs: round.ms.capture,
    otherMs: round.ms.other,
    score: round.gate.score,
    threshold: round.gate.threshold,
    skipped: round.gate.skipped,
    turnStart: rounds[i - 1]?.turn !== round.turn,
  }));
}
