import type { RoundDetail } from '#shared/contract/calls.ts';

/** Whose attention is shown: of a layer, the mean of its heads or one of them. */
export interface MapPart {
  readonly layer: number;
  /** null: the mean */
  readonly head: number | null;
}

/**
 * The asked part, recorded or not; without an asked layer the last one that the round has, without an asked head the mean.
 * Null where the round has no maps and no layer is asked for.
 */
export function shownPart(
  detail: RoundDetail | undefined,
  layer: number | undefined,
  head: number | undefined,
): MapPart | null {
  const shown = layer ?? detail?.attention.at(-1)?.layer;
  return shown === undefined ? null : { layer: shown, head: head ?? null };
}

export function partLabel({ layer, head }: MapPart): string {
  return `layer ${layer}, ${head === null ? 'mean of heads' : `head ${head}`}`;
}
