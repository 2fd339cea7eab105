import type { RunDetail, RunSegment } from '#shared/contract/calls.ts';
import type { Round, RoundRecord } from '#shared/domain/round.ts';
import type { RunSpec, RunSummary, Turn } from '#shared/domain/run.ts';
import type { AnswerToken } from '#shared/domain/token.ts';
import { type Vocabulary, withPieces } from './vocabulary.ts';

/** Everything the Inspect screen knows of a run but trees and attention; the same for live and recorded runs. */
export interface RunView {
  readonly summary: RunSummary;
  readonly turns: readonly Turn[];
  readonly rounds: readonly Round[];
  /** of all turns, in order; a token's place here is the `token` of the address */
  readonly tokens: readonly AnswerToken[];
  /** place in `tokens` of the first token of every round */
  readonly firstTokens: readonly number[];
  readonly vocabulary: Vocabulary;
  /** where the rounds come from, oldest first; the last one is the run itself */
  readonly segments: readonly RunSegment[];
}

function firstTokensOf(rounds: readonly Round[], tokens: readonly AnswerToken[]): number[] {
  const out = new Array<number>(rounds.length).fill(tokens.length);
  for (let i = tokens.length - 1; i >= 0; i -= 1) {
    const round = tokens[i]?.round;
    if (round !== undefined && round < out.length) out[round] = i;
  }
  return out;
}

/** A run as the main side has it stored. */
export function viewOf(detail: RunDetail): RunView {
  return {
    summary: detail.summary,
    turns: detail.turns,
    rounds: detail.rounds,
    tokens: detail.tokens,
    firstTokens: firstTokensOf(detail.rounds, detail.tokens),
    vocabulary: withPieces(new Map(), detail.pieces),
    segments: detail.segments,
  };
}

/**
 * A run with the records of further rounds. Records that the view already has are ignored; null when a round
 * between is missing, so that the run has to be opened again.
 */
export function withRecords(view: RunView, records: readonly RoundRecord[]): RunView | null {
  const fresh = records.filter((record) => record.round.index >= view.rounds.length);
  if (fresh.length === 0) return view;
  if (fresh.some((record, i) => record.round.index !== view.rounds.length + i)) return null;
  const tokens = [...view.tokens];
  const firstTokens = [...view.firstTokens];
  for (const record of fresh) {
    firstTokens.push(tokens.length);
    tokens.push(...record.tokens);
  }
  return {
    ...view,
    rounds: [...view.rounds, ...fresh.map((record) => record.round)],
    tokens,
    firstTokens,
    vocabulary: withPieces(
      view.vocabulary,
      fresh.flatMap((record) => record.pieces),
    ),
  };
}

/** A run without the rounds from `rounds` on, in which `turn` goes on. */
export function withoutRounds(view: RunView, rounds: number, turn: number): RunView {
  if (rounds >= view.rounds.length) return view;
  return {
    ...view,
    rounds: view.rounds.slice(0, rounds),
    tokens: view.tokens.slice(0, view.firstTokens[rounds]),
    firstTokens: view.firstTokens.slice(0, rounds),
    turns: view.turns.flatMap((t) =>
      t.index > turn ? [] : [t.index === turn ? { ...t, endedBy: null } : t],
    ),
  };
}

/** What a round was decoded with: that of the run itself, or of the one that it was forked from. */
export function specAt(view: RunView, round: number): RunSpec {
  return view.segments.findLast(({ from }) => round >= from)?.spec ?? view.summary.spec;
}

/** A run with a turn added or brought up to date. */
export function withTurn(view: RunView, turn: Turn): RunView {
  const turns = view.turns.filter((other) => other.index !== turn.index);
  return { ...view, turns: [...turns, turn].sort((a, b) => a.index - b.index) };
}

/** Places [from, to) in `tokens` that a round committed. */
export function tokenSpan(
  view: Pick<RunView, 'tokens' | 'firstTokens'>,
  round: number,
): readonly [number, number] {
  const from = view.firstTokens[round] ?? view.tokens.length;
  return [from, view.firstTokens[round + 1] ?? view.tokens.length];
}

/** The last turn up to `turn` that has an image, since an image stays in the context of later turns; null without one. */
export function imageTurn(view: RunView, turn: number): Turn | null {
  return view.turns.findLast((t) => t.index <= turn && t.image !== null) ?? null;
}
