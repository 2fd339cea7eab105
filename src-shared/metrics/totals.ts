/**
 * Totals and ratios of a run. Every function names its definition; sources: methods.md section 3
 * (MMSpec's summarize_metrics) unless said otherwise.
 */
import type { Round, RoundTimes } from '../domain/round.ts';
import type { RunTotals } from '../domain/run.ts';

export const emptyTotals: RunTotals = {
  newTokens: 0,
  rounds: 0,
  drafted: 0,
  accepted: 0,
  skipped: 0,
  draftRounds: 0,
  draftMs: 0,
  verifyMs: 0,
  captureMs: 0,
  otherMs: 0,
  prefillMs: 0,
};

/** Adds one round that committed accepted + 1 tokens. */
export function addRound(totals: RunTotals, round: Round): RunTotals {
  return {
    ...totals,
    newTokens: totals.newTokens + round.accepted + 1,
    rounds: totals.rounds + 1,
    drafted: totals.drafted + round.drafted,
    accepted: totals.accepted + round.accepted,
    skipped: totals.skipped + (round.gate.skipped ? 1 : 0),
    draftRounds: totals.draftRounds + (round.drafted > 0 ? 1 : 0),
    draftMs: totals.draftMs + round.ms.draft,
    verifyMs: totals.verifyMs + round.ms.verify,
    captureMs: totals.captureMs + round.ms.capture,
    otherMs: totals.otherMs + round.ms.other,
  };
}

/** Mean accepted tokens per target pass, the target's own token counted: new tokens / rounds. Plain decoding: 1. Null without rounds. */
export function mat(totals: RunTotals): number | null {
  return totals.rounds === 0 ? null : totals.newTokens / totals.rounds;
}

/** MAT of several turns or runs: sum of new tokens / sum of rounds (micro average). */
export function matOf(
  groups: readonly { readonly newTokens: number; readonly rounds: number }[],
): number | null {
  const rounds = groups.reduce((sum, g) => sum + g.rounds, 0);
  return rounds === 0 ? null : groups.reduce((sum, g) => sum + g.newTokens, 0) / rounds;
}

/** Accepted draft tokens / drafted (verified) tokens; the target's own tokens are in neither. Null when nothing was drafted. */
export function acceptanceRate(totals: RunTotals): number | null {
  return totals.drafted === 0 ? null : totals.accepted / totals.drafted;
}

/** Mean accepted draft tokens per round, without the target's own token. */
export function meanAccepted(accepted: readonly number[]): number | null {
  return accepted.length === 0 ? null : accepted.reduce((a, b) => a + b, 0) / accepted.length;
}

/** Milliseconds of all rounds, prompt work excluded. */
export function decodeMs(totals: RunTotals): number {
  return totals.draftMs + totals.verifyMs + totals.captureMs + totals.otherMs;
}

/** New tokens per second of decoding, prompt work excluded (the prefill token counts, its time does not). Null without time. */
export function tokensPerSecond(totals: RunTotals): number | null {
  const ms = decodeMs(totals);
  return ms === 0 ? null : (totals.newTokens / ms) * 1000;
}

/** Total of a round's times. */
export function roundMs(ms: RoundTimes): number {
  return ms.draft + ms.verify + ms.capture + ms.other;
}
