/** How many draft tokens were accepted, by depth, in how many rounds, and for which words. */
import type { Round } from '../domain/round.ts';
import type { TokenOrigin } from '../domain/token.ts';

type Counts = Pick<Round, 'drafted' | 'accepted'>;

/** A round with the depth to which the target judged its draft; null: not known, as in files of MMSpec. */
export interface JudgedRound extends Counts {
  readonly judged: number | null;
}

/**
 * The deepest level at which the target accepted or refused something in a round whose last token has this origin: one
 * below the accepted path after a correction, else its end (a bonus: nothing was offered below, or the answer ended there).
 */
export function judgedDepth(accepted: number, last: TokenOrigin): number {
  return accepted + (last === 'correction' ? 1 : 0);
}

export interface DepthAcceptance {
  /** 1: the first draft token */
  readonly depth: number;
  /** rounds that accepted a token at this depth */
  readonly accepted: number;
  /** rounds in which the target judged what was offered at this depth */
  readonly judged: number | null;
  /** accepted / judged: the chance to go one deeper once the depth before was accepted; null: not known */
  readonly conditional: number | null;
  /** accepted / rounds that drafted */
  readonly unconditional: number;
}

/**
 * Acceptance by depth over rounds that drafted. Unconditional as vLLM's acceptance per position (accepted at the position /
 * drafts); conditional as the n-alpha of EAGLE's papers, without the rounds whose draft was not judged at the depth (the
 * tree or the answer ended before).
 */
export function acceptanceByDepth(rounds: readonly JudgedRound[]): readonly DepthAcceptance[] {
  const drafts = rounds.filter(({ drafted }) => drafted > 0);
  const deepest = Math.max(0, ...drafts.map(({ accepted, judged }) => Math.max(accepted, judged ?? 0)));
  const known = drafts.every(({ judged }) => judged !== null);
  return Array.from({ length: deepest }, (_, i) => {
    const depth = i + 1;
    const accepted = drafts.filter((round) => round.accepted >= depth).length;
    const judged = known ? drafts.filter((round) => (round.judged ?? 0) >= depth).length : null;
    return {
      depth,
      accepted,
      judged,
      conditional: judged === null || judged === 0 ? null : accepted / judged,
      unconditional: accepted / drafts.length,
    };
  });
}

/** How many rounds accepted 0, 1, 2, ... tokens; the counts sum to the number of rounds. */
export function acceptedHistogram(rounds: readonly Pick<Round, 'accepted'>[]): readonly number[] {
  const counts: number[] = [];
  for (const { accepted } of rounds) {
    while (counts.length <= accepted) counts.push(0);
    counts[accepted] = (counts[accepted] ?? 0) + 1;
  }
  return counts;
}

/** Rounds that drafted and accepted nothing / rounds that drafted: the drafts that only cost. Null without drafts. */
export function zeroAcceptRatio(rounds: readonly Counts[]): number | null {
  const drafts = rounds.filter(({ drafted }) => drafted > 0);
  return drafts.length === 0 ? null : drafts.filter(({ accepted }) => accepted === 0).length / drafts.length;
}

/**
 * Rounds that accepted nothing / all rounds, drafted or not (MMSpec, `per_query_round_stats.py`). The prefill's round is
 * none for MMSpec: leave it out. Null without rounds.
 */
export function zeroAcceptRatioOfAll(accepted: readonly number[]): number | null {
  return accepted.length === 0 ? null : accepted.filter((count) => count === 0).length / accepted.length;
}

/** A token of an answer and the kind of word that it belongs to; null: none, or no word of the reference. */
export interface WordToken {
  readonly origin: TokenOrigin;
  readonly word: 'image' | 'other' | null;
}

export interface WordAcceptance {
  /** tokens of such words for which drafts were judged */
  readonly judged: number;
  /** of these, those whose draft was accepted */
  readonly accepted: number;
}

/**
 * Acceptance of image-dependent and of other words, token by token: accepted / (accepted + correction). Tokens that came
 * without a judged draft (prefill, plain, bonus) are in neither number.
 */
export function acceptanceByWords(
  tokens: readonly WordToken[],
): Readonly<Record<'image' | 'other', WordAcceptance>> {
  const of = (kind: 'image' | 'other'): WordAcceptance => {
    const own = tokens.filter(({ word }) => word === kind);
    const accepted = own.filter(({ origin }) => origin === 'accepted').length;
    return { accepted, judged: accepted + own.filter(({ origin }) => origin === 'correction').length };
  };
  return { image: of('image'), other: of('other') };
}
