/** What the metrics over many turns are computed from. */
import type { Round } from '../domain/round.ts';
import type { Turn } from '../domain/run.ts';
import type { JudgedRound, WordToken } from './acceptance.ts';
import { roundsMs, wallMs } from './latency.ts';

export type ObservedRound = Round & JudgedRound;

export interface ObservedToken extends WordToken {
  readonly id: number;
  readonly margin: number;
}

/** One turn of one run, decoded to its end. */
export interface ObservedTurn {
  readonly sampleId: string;
  readonly topic: string;
  readonly turn: number;
  /** 0-based */
  readonly repeat: number;
  readonly prompt: Turn['prefillMs'];
  readonly rounds: readonly ObservedRound[];
  readonly tokens: readonly ObservedToken[];
}

/** Sums over a turn, and over its repeats. Seconds. */
export interface TurnSums {
  readonly tokens: number;
  readonly rounds: number;
  readonly drafted: number;
  readonly accepted: number;
  readonly wall: number;
  /** rounds alone */
  readonly decode: number;
}

const none: TurnSums = { tokens: 0, rounds: 0, drafted: 0, accepted: 0, wall: 0, decode: 0 };

function addTurn(sums: TurnSums, turn: ObservedTurn): TurnSums {
  const count = (of: 'drafted' | 'accepted'): number =>
    turn.rounds.reduce((sum, round) => sum + round[of], 0);
  return {
    tokens: sums.tokens + turn.tokens.length,
    rounds: sums.rounds + turn.rounds.length,
    drafted: sums.drafted + count('drafted'),
    accepted: sums.accepted + count('accepted'),
    wall: sums.wall + wallMs(turn) / 1000,
    decode: sums.decode + roundsMs(turn) / 1000,
  };
}

/** Sums by sample and turn, over the repeats. */
export function sumsByTurn(turns: readonly ObservedTurn[]): ReadonlyMap<string, TurnSums> {
  const sums = new Map<string, TurnSums>();
  for (const turn of turns) {
    const key = JSON.stringify([turn.sampleId, turn.turn]);
    sums.set(key, addTurn(sums.get(key) ?? none, turn));
  }
  return sums;
}
