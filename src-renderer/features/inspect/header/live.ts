import { tokensPerSecond } from '#shared/metrics/totals.ts';
import type { RunView } from '../model/run-view.ts';

/** How far a live run is, at the least: it ends earlier where the answer does. */
export interface Live {
  readonly done: number;
  /** tokens if every turn goes on to the limit */
  readonly most: number;
  /** upper bound of the time left in milliseconds; null while the speed is unknown */
  readonly msLeft: number | null;
}

/** Progress of a live run. `turns`: turns of its sample. */
export function liveProgress(view: RunView, turns: number): Live {
  const { totals, spec } = view.summary;
  const turn = view.tokens.at(-1)?.turn ?? 0;
  const inTurn = view.tokens.filter((token) => token.turn === turn).length;
  const left = Math.max(0, spec.maxTokens - inTurn) + Math.max(0, turns - turn - 1) * spec.maxTokens;
  const done = view.tokens.length;
  const speed = tokensPerSecond(totals);
  return { done, most: done + left, msLeft: speed === null || speed === 0 ? null : (left / speed) * 1000 };
}
