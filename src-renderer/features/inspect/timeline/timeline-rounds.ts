import type { TimelineRound } from '../../../charts/timeline/geometry.ts';
import { type RunView, tokenSpan } from '../model/run-view.ts';

/** Rounds as the timeline draws them. */
export function timelineRounds(view: Pick<RunView, 'rounds' | 'tokens' | 'firstTokens'>): TimelineRound[] {
  return view.rounds.map((round, i) => ({
    drafted: round.drafted,
    accepted: round.accepted,
    draftMs: round.ms.draft,
    verifyMs: round.ms.verify,
    captureMs: round.ms.capture,
    otherMs: round.ms.other,
    score: round.gate.score,
    threshold: round.gate.threshold,
    entropy: meanEntropy(view, i),
    skipped: round.gate.skipped,
    turnStart: view.rounds[i - 1]?.turn !== round.turn,
  }));
}

function meanEntropy(view: Parameters<typeof timelineRounds>[0], round: number): number | null {
  const [from, to] = tokenSpan(view, round);
  let sum = 0;
  for (let i = from; i < to; i += 1) sum += view.tokens[i]?.entropy ?? 0;
  return to > from ? sum / (to - from) : null;
}
