import type { RunDetail } from '#shared/contract/calls.ts';
import type { Fork, ForkChange } from '#shared/domain/fork.ts';
import { gateLabel } from '#shared/domain/gate.ts';
import { methodLabel } from '#shared/domain/method.ts';
import type { RunSpec, Sampling } from '#shared/domain/run.ts';
import type { Sample } from '#shared/domain/sample.ts';
import type { JobStart } from '../engine/client.ts';
import { ExpectedError } from './expected.ts';

/** What a fork is to put in place of the target's choice, in the parent's round at which it begins. */
export interface ForcedAt {
  /** tokens of that round that are kept before it */
  readonly keep: number;
  readonly token: number;
}

/** A question that a fork changes, or adds after the last one. */
export interface Question {
  readonly turn: number;
  readonly text: string;
}

export interface ForkPoint {
  readonly turn: number;
  readonly start: JobStart;
}

/**
 * Where a fork goes on: after the parent's rounds before `round`, in the turn that they leave unfinished, otherwise in
 * the next one.
 * @throws ExpectedError where nothing can follow
 */
export function forkPoint(
  parent: RunDetail,
  round: number,
  spec: RunSpec,
  sample: Sample,
  forced: ForcedAt | null,
): ForkPoint {
  if (round > parent.rounds.length) {
    throw new ExpectedError(
      `Run ${parent.summary.id} has ${parent.rounds.length} rounds, so none can follow round ${round - 1}.`,
    );
  }
  const shared = parent.rounds.slice(0, round);
  const last = shared.at(-1);
  const idsOf = (turn: number, below: number): number[] =>
    parent.tokens.filter((token) => token.turn === turn && token.round < below).map((token) => token.id);
  const turn = last === undefined ? 0 : last.turn + (endsTurn(parent, round, spec) ? 1 : 0);
  if (turn >= sample.turns.length) {
    throw new ExpectedError(
      `Run ${parent.summary.id} ends with round ${round - 1}: go on from an earlier round, set a token, raise the most tokens, or add a question.`,
    );
  }
  const mine = shared.filter((r) => r.turn === turn);
  const tokens = idsOf(turn, round);
  const end = parent.tokens.findLast((token) => token.turn === turn && token.round < round);
  const given = forced === null ? [] : givenTokens(parent, round, forced);
  if (
    tokens.length + given.length > spec.maxTokens ||
    (given.length === 0 && tokens.length >= spec.maxTokens)
  ) {
    throw new ExpectedError(
      `The answer has ${tokens.length} tokens here, and the most are ${spec.maxTokens}: raise them, or go on from an earlier round.`,
    );
  }
  return {
    turn,
    start: {
      answers: Array.from({ length: turn }, (_, t) => idsOf(t, round)),
      resume:
        tokens.length === 0
          ? null
          : {
              tokens,
              rounds: mine.length,
              score: end?.score ?? null,
              drafted: (mine.at(-1)?.drafted ?? 0) > 0,
            },
      rounds: round,
      given,
    },
  };
}

/** Whether the turn of the round before `round` has ended with it, under the fork's limit. */
function endsTurn(parent: RunDetail, round: number, spec: RunSpec): boolean {
  const last = parent.rounds[round - 1];
  if (last === undefined) return false;
  const next = parent.rounds[round];
  if (next !== undefined) return next.turn > last.turn;
  const endedBy = parent.turns.find((turn) => turn.index === last.turn)?.endedBy ?? null;
  if (endedBy === 'max-tokens') return spec.maxTokens <= last.firstToken + last.accepted + 1;
  return endedBy === 'end-of-text' || endedBy === 'context-full';
}

function givenTokens(parent: RunDetail, round: number, { keep, token }: ForcedAt): JobStart['given'] {
  const kept = parent.tokens.filter((t) => t.round === round).slice(0, keep);
  if (kept.length < keep) {
    throw new ExpectedError(`Round ${round} of run ${parent.summary.id} has no ${keep} tokens to keep.`);
  }
  return [...kept.map(({ id }) => ({ token: id, by: 'parent' as const })), { token, by: 'user' as const }];
}

/** The fork as it is recorded with the run. `label` shows a token's text. */
export function describeFork(
  parent: RunDetail,
  round: number,
  point: ForkPoint,
  spec: RunSpec,
  questions: readonly { readonly turn: number; readonly from: string; readonly to: string }[],
  label: (id: number) => string,
): Fork {
  const { turn, start } = point;
  const index = (start.resume?.tokens.length ?? 0) + start.given.length - 1;
  const set = start.given.at(-1);
  const before = parent.tokens.find((token) => token.turn === turn && token.index === index);
  const old = parent.summary.spec;
  const change = (what: ForkChange['what'], from: string, to: string): ForkChange[] =>
    from === to ? [] : [{ what, from, to }];
  return {
    parent: parent.summary.id,
    round,
    turn,
    forced: set === undefined ? null : { turn, index, id: set.token },
    changes: [
      ...change('method', methodLabel(old.method), methodLabel(spec.method)),
      ...change('draft', old.draft ?? 'none', spec.draft ?? 'none'),
      ...change('gate', gateLabel(old.gate), gateLabel(spec.gate)),
      ...change('sampling', samplingLabel(old.sampling), samplingLabel(spec.sampling)),
      ...change('most tokens', String(old.maxTokens), String(spec.maxTokens)),
      ...(set === undefined
        ? []
        : [{ what: 'token' as const, from: before ? label(before.id) : '', to: label(set.token) }]),
      ...questions.map(({ from, to }): ForkChange => ({ what: 'prompt', from, to })),
    ],
  };
}

function samplingLabel({ temperature, topK, topP, seed }: Sampling): string {
  return temperature === 0 ? 'greedy' : `t ${temperature}, top-k ${topK}, top-p ${topP}, seed ${seed}`;
}

/**
 * The parent's sample with the fork's questions. Only turns that the fork decodes itself may be asked anew.
 * @throws ExpectedError for a turn that is shared, or one that would leave a hole
 */
export function withQuestions(sample: Sample, questions: readonly Question[], firstOwn: number): Sample {
  const turns = [...sample.turns];
  for (const { turn, text } of [...questions].sort((a, b) => a.turn - b.turn)) {
    if (turn < firstOwn) {
      throw new ExpectedError(
        `Turn ${turn + 1} is answered before the fork begins: its question cannot change.`,
      );
    }
    if (turn > turns.length)
      throw new ExpectedError(`There is no turn ${turn} before turn ${turn + 1}: add that one first.`);
    turns[turn] = text;
  }
  return { ...sample, turns };
}
