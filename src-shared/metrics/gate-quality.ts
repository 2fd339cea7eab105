/** How well a gate tells the rounds in which nothing would be accepted. */
import type { Round } from '../domain/round.ts';

/** One decision of a gate: did it say "do not draft", and how many draft tokens would be (or were) accepted? */
export interface Decision {
  readonly hit: boolean;
  readonly accepted: number;
}

export interface GateQuality {
  readonly decisions: number;
  readonly hits: number;
  /** decisions before rounds in which no draft token is accepted, a drafter without an offer included */
  readonly zeroAccept: number;
  /** hits before such rounds */
  readonly right: number;
  /** right / hits: of the rounds that the gate skips, how many lose nothing. Null without hits. */
  readonly precision: number | null;
  /** right / zeroAccept: of the rounds in which nothing is accepted, how many the gate skips. Null without such rounds. */
  readonly recall: number | null;
}

/** Precision and recall of a gate's hits against zero-accept rounds (MMSpec counts those: accepted = 0, with or without a draft). */
export function gateQuality(decisions: readonly Decision[]): GateQuality {
  let hits = 0;
  let zeroAccept = 0;
  let right = 0;
  for (const { hit, accepted } of decisions) {
    if (hit) hits++;
    if (accepted === 0) zeroAccept++;
    if (hit && accepted === 0) right++;
  }
  return qualityOf(decisions.length, hits, zeroAccept, right);
}

export function qualityOf(decisions: number, hits: number, zeroAccept: number, right: number): GateQuality {
  return {
    decisions,
    hits,
    zeroAccept,
    right,
    precision: hits === 0 ? null : right / hits,
    recall: zeroAccept === 0 ? null : right / zeroAccept,
  };
}

/**
 * What a gate with this threshold (null: the one each round was compared with) would have decided in rounds that drafted
 * regardless of it (gate `off` or `probe`). Left out are rounds in which the gate has no say: the prefill, plain decoding,
 * a last token, and rounds that a gate did skip, whose acceptance is not known.
 */
export function decisionsIn(rounds: readonly Round[], threshold: number | null): Decision[] {
  return rounds.flatMap(({ noDraft, gate, accepted }) => {
    if (gate.skipped) return [];
    if (noDraft !== null && noDraft !== 'no-match' && noDraft !== 'draft-context-full') return [];
    const hit = threshold === null ? gate.hit : gate.score !== null && gate.score >= threshold;
    return [{ hit, accepted }];
  });
}
