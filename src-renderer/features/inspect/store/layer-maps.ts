import type { RoundMaps } from '#shared/contract/calls.ts';
import type { AnswerToken } from '#shared/domain/token.ts';
import {
  addMaps,
  type MeanMap,
  massOn,
  type PackedMap,
  packedMaps,
} from '../../../charts/heat-map/attention.ts';

/** Maps of one layer or head, read round by round. */
export interface LayerMaps {
  /** by round; row i belongs to the round's token i. Rounds without maps are not in it */
  readonly rounds: ReadonlyMap<number, readonly PackedMap[]>;
  /** rounds before this one are read */
  readonly next: number;
  readonly mean: MeanMap | null;
}

export const noMaps: LayerMaps = { rounds: new Map(), next: 0, mean: null };

/** Maps with those of further rounds, read up to `next`; the given ones stay as they are. */
export function withMaps(maps: LayerMaps, more: readonly RoundMaps[], next: number): LayerMaps {
  const rounds = new Map(maps.rounds);
  let { mean } = maps;
  for (const { round, frame } of more) {
    const rows = packedMaps(frame);
    rounds.set(round, rows);
    mean = addMaps(mean, rows);
  }
  return { rounds, next, mean };
}

/** A token that looked at some patches. */
export interface Looked {
  /** place in the tokens of the run */
  readonly place: number;
  /** attention on the patches together */
  readonly mass: number;
}

/**
 * Attention that the row of every token puts on the patches, in the order of the tokens; tokens without a map are left out.
 * `firstTokens`: place of the first token of every round.
 */
export function looksAt(
  maps: LayerMaps,
  patches: ReadonlySet<number>,
  tokens: readonly AnswerToken[],
  firstTokens: readonly number[],
): readonly Looked[] {
  return tokens.flatMap(({ round }, place) => {
    const map = maps.rounds.get(round)?.[place - (firstTokens[round] ?? 0)];
    return map === undefined ? [] : [{ place, mass: massOn(map, patches) }];
  });
}

/** Those that looked most, the most first, equals in their order. */
export function ranked(looked: readonly Looked[]): readonly Looked[] {
  return [...looked].sort((a, b) => b.mass - a.mass || a.place - b.place);
}
