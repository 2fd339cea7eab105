import type { RoundDetail } from '#shared/contract/calls.ts';
import type { AttentionFrame } from '#shared/domain/round.ts';
import type { RunSpec, Turn } from '#shared/domain/run.ts';
import { differenceOf, meanOf, relativeTo } from '../../../charts/heat-map/attention.ts';
import {
  type Domain,
  differenceDomain,
  domainOf,
  symmetricDomain,
} from '../../../charts/heat-map/colours.ts';
import { type LeftOut, leftOut, withoutMasked } from '../../../charts/heat-map/sinks.ts';
import type { MapPart } from '../model/map-part.ts';
import type { LayerMaps } from '../store/layer-maps.ts';

/**
 * Scale of the heat map: `token` ends at the token's own largest weight, `run` at the largest of the whole run, so
 * that tokens can be compared, `mean` shows how many times the run's mean map.
 */
export const heatScales = ['token', 'run', 'mean'] as const;
export type HeatScale = (typeof heatScales)[number];

/** What the image pane draws. */
export interface Heat {
  /** attention weights per patch */
  readonly raw: Float32Array;
  /** what is coloured: `raw`, log2 of its ratio to the mean, or its difference to another token's */
  readonly map: Float32Array;
  readonly kind: 'weight' | 'ratio' | 'difference';
  readonly domain: Domain;
  /** sum of `raw`: the image's share of this row's attention in this layer */
  readonly total: number;
  /** patches left out as sinks; null: none */
  readonly out: LeftOut | null;
}

/** How a map is to be shown. */
export interface HeatView {
  readonly scale: HeatScale;
  /** all maps of the run, for its scale and mean; null: not read yet */
  readonly maps: LayerMaps | null;
  readonly mask: ReadonlySet<number> | null;
  /** weights of the token to compare with; null: none */
  readonly against: Float32Array | null;
}

/** The layer's frame of a round; null where it is not recorded. */
export function frameOf(frames: readonly AttentionFrame[], layer: number | null): AttentionFrame | null {
  return frames.find((frame) => frame.layer === layer) ?? null;
}

/** The weights of one row as they are to be shown. */
export function heatOf(raw: Float32Array, { scale, maps, mask, against }: HeatView): Heat {
  const rest = { raw, total: sumOf(raw), out: leftOut(raw, mask) };
  if (against !== null && against.length === raw.length) {
    const map = differenceOf(raw, against);
    return { ...rest, map, kind: 'difference', domain: differenceDomain(withoutMasked(map, mask)) };
  }
  const mean = maps?.mean ?? null;
  if (scale === 'mean' && mean !== null && mean.sum.length === raw.length) {
    const map = relativeTo(raw, meanOf(mean));
    return { ...rest, map, kind: 'ratio', domain: symmetricDomain(withoutMasked(map, mask)) };
  }
  const own = domainOf(withoutMasked(raw, mask));
  const domain = scale === 'run' && mean !== null ? { low: 0, high: Math.max(mean.highest, own.high) } : own;
  return { ...rest, map: raw, kind: 'weight', domain };
}

/** Whether the colours diverge from a middle. */
export function diverges(heat: Heat | null): boolean {
  return heat !== null && heat.kind !== 'weight';
}

/** Weight of all patches that are not left out. */
export function shownTotal({ total, out }: Heat): number {
  return total - (out?.mass ?? 0);
}

const sumOf = (map: Float32Array): number => map.reduce((sum, value) => sum + value, 0);

/** What is missing of the attention: in words, and whether reading it again could give it. */
export interface Missing {
  readonly words: string;
  readonly remedy: boolean;
}

/** Why there is no heat map. `turn`: the one with the image, null where the prompt has none. */
export function missingOf(
  spec: RunSpec,
  turn: Turn | null,
  detail: RoundDetail,
  part: MapPart | null,
): Missing {
  const no = (words: string): Missing => ({ words, remedy: false });
  if (spec.projector === null) return no('This run had no projector, so the target never saw the image.');
  if (turn === null) return no('The prompt has no image, so there is nothing to look at.');
  if (turn.gridProblem !== null)
    return no(`The attention cannot be placed on the picture: ${turn.gridProblem}`);
  const recorded = detail.attention.map((frame) => frame.layer);
  if (recorded.length === 0 || part === null) {
    return { words: 'No attention maps were recorded for this round.', remedy: true };
  }
  const have = part.head === null ? recorded : detail.headLayers;
  if (!have.includes(part.layer)) {
    const others = have.length === 0 ? 'none' : `layer ${have.join(', ')}`;
    return {
      words:
        part.head === null
          ? `Layer ${part.layer} was not recorded. Recorded: ${others}.`
          : `Single heads of layer ${part.layer} were not recorded. Recorded: ${others}.`,
      remedy: true,
    };
  }
  return no(
    part.head === null
      ? 'No attention was recorded for this token.'
      : `Layer ${part.layer} has no head ${part.head}.`,
  );
}
