/** What a job has decoded so far, by turn and round, so that rounds can be taken back and turns gone on with. */
import type { RoundRecord } from '../../src-shared/domain/round.ts';
import type { Resume } from '../decoding/resume.ts';

/** What is needed of a round to go on after it. */
interface PastRound {
  readonly ids: readonly number[];
  readonly score: number | null;
  readonly drafted: boolean;
}

export interface PastTurn {
  /** what the job was handed of the turn */
  readonly base: Resume | null;
  readonly rounds: readonly PastRound[];
}

export interface Past {
  /** rounds before the job's own */
  readonly firstRound: number;
  readonly turns: readonly PastTurn[];
}

const noTurn: PastTurn = { base: null, rounds: [] };

/** `base`: where the job goes on in the turn after `answers`. */
export function pastOf(
  answers: readonly (readonly number[])[],
  base: Resume | null,
  firstRound: number,
): Past {
  const ended = answers.map(
    (tokens): PastTurn => ({
      base: { tokens, rounds: 0, score: null, drafted: false },
      rounds: [],
    }),
  );
  return { firstRound, turns: [...ended, { base, rounds: [] }] };
}

export function withRound(past: Past, record: RoundRecord): Past {
  const { turn, drafted } = record.round;
  const turns = [...past.turns];
  while (turns.length <= turn) turns.push(noTurn);
  const at = turns[turn] ?? noTurn;
  const round: PastRound = {
    ids: record.tokens.map((token) => token.id),
    score: record.tokens.at(-1)?.score ?? null,
    drafted: drafted > 0,
  };
  turns[turn] = { ...at, rounds: [...at.rounds, round] };
  return { ...past, turns };
}

/** Rounds of the run so far, those before the job among them. */
export function roundCount(past: Past): number {
  return past.firstRound + past.turns.reduce((sum, turn) => sum + turn.rounds.length, 0);
}

/** The past up to where `rounds` rounds were decoded, at most the job's own taken away; its last turn is the one that goes on. */
export function backTo(past: Past, rounds: number): Past {
  let excess = roundCount(past) - Math.max(rounds, past.firstRound);
  const turns = [...past.turns];
  while (excess > 0) {
    const turn = turns.pop() ?? noTurn;
    const kept = Math.max(0, turn.rounds.length - excess);
    excess -= turn.rounds.length - kept;
    turns.push({ ...turn, rounds: turn.rounds.slice(0, kept) });
    if (excess > 0) turns.pop();
  }
  return { ...past, turns };
}

/** Token ids of a turn's answer so far. */
export function idsOf(past: Past, turn: number): number[] {
  const { base, rounds } = past.turns[turn] ?? noTurn;
  return [...(base?.tokens ?? []), ...rounds.flatMap((round) => round.ids)];
}

/** Where a turn is to be gone on with; null: it begins with its prompt. */
export function resumeOf(past: Past, turn: number): Resume | null {
  const { base, rounds } = past.turns[turn] ?? noTurn;
  const last = rounds.at(-1);
  if (last === undefined) return base;
  return {
    tokens: idsOf(past, turn),
    rounds: (base?.rounds ?? 0) + rounds.length,
    score: last.score,
    drafted: last.drafted,
  };
}
