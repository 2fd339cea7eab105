import { type RunView, tokenSpan } from './run-view.ts';

/** What the address selects; everything undefined means: follow the newest round. */
export interface Selected {
  readonly round?: number | undefined;
  readonly token?: number | undefined;
  readonly node?: number | undefined;
}

/** A selection resolved against a run: null where the run has no such thing (yet). */
export interface Resolved {
  readonly round: number | null;
  readonly token: number | null;
  readonly node: number | null;
  /** whether the newest round is shown because nothing is selected */
  readonly following: boolean;
}

/**
 * Round, token and node to show. A selected token brings its round along; a selected round its last token, which is
 * the target's own.
 */
export function resolve(view: RunView, selected: Selected): Resolved {
  const token = selected.token === undefined ? undefined : view.tokens[selected.token];
  if (token !== undefined && selected.token !== undefined) {
    return { round: token.round, token: selected.token, node: selected.node ?? null, following: false };
  }
  const chosen = selected.round !== undefined && selected.round < view.rounds.length ? selected.round : null;
  const round = chosen ?? (view.rounds.length > 0 ? view.rounds.length - 1 : null);
  if (round === null) return { round: null, token: null, node: null, following: true };
  const [from, to] = tokenSpan(view, round);
  return {
    round,
    token: to > from ? to - 1 : null,
    node: chosen === null ? null : (selected.node ?? null),
    following: chosen === null,
  };
}

/** The selection one token further (`step` 1) or back (-1), null at an end. */
export function stepToken(view: RunView, at: Resolved, step: number): Selected | null {
  if (at.token === null) return null;
  const token = at.token + step;
  const round = view.tokens[token]?.round;
  return round === undefined ? null : { token, round };
}

/** The selection one round further or back, null at an end. */
export function stepRound(view: RunView, at: Resolved, step: number): Selected | null {
  if (at.round === null) return null;
  const round = at.round + step;
  return round >= 0 && round < view.rounds.length ? { round } : null;
}
