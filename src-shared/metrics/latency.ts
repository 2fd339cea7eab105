/**
 * How long turns take. One clock for every method, that of MMSpec: it starts when image and prompt go into the models and
 * stops after the last round. Tokenising and the resizing of the image are outside it.
 */
import type { Round, RoundTimes } from '../domain/round.ts';
import type { Turn } from '../domain/run.ts';
import { roundMs } from './totals.ts';

/** The times of one turn: of its prompt, and of its rounds in order (the first is the prefill's). Milliseconds. */
export interface TurnTimes {
  readonly prompt: Turn['prefillMs'];
  readonly rounds: readonly Pick<Round, 'ms'>[];
}

/** Image encoding and prompt evaluation, by target and drafter. */
export function promptMs({ prompt }: TurnTimes): number {
  return prompt.encode + prompt.decode + prompt.draft;
}

/** All rounds. */
export function roundsMs({ rounds }: Pick<TurnTimes, 'rounds'>): number {
  return rounds.reduce((sum, { ms }) => sum + roundMs(ms), 0);
}

/** The turn's wall time: prompt and rounds (MMSpec's `wall_time`). */
export function wallMs(turn: TurnTimes): number {
  return promptMs(turn) + roundsMs(turn);
}

/** Time to first token: the prompt and the first round, which yields it (as vLLM and MLPerf define it, on the clock above). Null without rounds. */
export function ttftMs(turn: TurnTimes): number | null {
  const first = turn.rounds[0];
  return first === undefined ? null : promptMs(turn) + roundMs(first.ms);
}

/** Time per output token after the first: (wall time - time to first token) / (new tokens - 1) (vLLM, MLPerf). Null for one token. */
export function timePerTokenMs(turn: TurnTimes, newTokens: number): number | null {
  const first = ttftMs(turn);
  return first === null || newTokens < 2 ? null : (wallMs(turn) - first) / (newTokens - 1);
}

/** Where the time of turns goes. Milliseconds; they sum to the wall time. */
export interface TimeSplit {
  /** drafting, and the drafter's work on the prompt */
  readonly draft: number;
  /** the target's passes: image, prompt and verification */
  readonly target: number;
  /** reading attention, beyond the passes */
  readonly capture: number;
  /** the rest of the rounds */
  readonly other: number;
}

/** The draft/target/capture/other split of several turns (MMSpec's draft and target time; its rest is divided here). */
export function timeSplit(turns: readonly TurnTimes[]): TimeSplit {
  const sum = (of: (turn: TurnTimes) => number): number => turns.reduce((total, turn) => total + of(turn), 0);
  const rounds = (part: keyof RoundTimes): number =>
    sum((turn) => turn.rounds.reduce((total, { ms }) => total + ms[part], 0));
  return {
    draft: rounds('draft') + sum(({ prompt }) => prompt.draft),
    target: rounds('verify') + sum(({ prompt }) => prompt.encode + prompt.decode),
    capture: rounds('capture'),
    other: rounds('other'),
  };
}
