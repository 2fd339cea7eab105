import type { AttentionFrame } from '#shared/domain/round.ts';
import type { RunSpec, Turn } from '#shared/domain/run.ts';
import { attentionRow, relativeTo } from '../../../charts/heat-map/attention.ts';
import { type Domain, domainOf, symmetricDomain } from '../../../charts/heat-map/colours.ts';
import type { LayerMean } from '../store/use-layer-mean.ts';

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
  /** what is coloured: `raw`, or log2 of its ratio to the mean */
  readonly map: Float32Array;
  readonly domain: Domain;
  readonly diverging: boolean;
  /** sum of `raw`: the image's share of this row's attention in this layer */
  readonly total: number;
}

/** The layer's frame of a round: the asked one if it was captured, else the last captured. */
export function frameOf(frames: readonly AttentionFrame[], layer: number | undefined): AttentionFrame | null {
  return frames.find((frame) => frame.layer === layer) ?? frames.at(-1) ?? null;
}

/** The map of row `row` of a frame on the given scale; null where the frame has no such row. */
export function heatOf(
  frame: AttentionFrame,
  row: number,
  scale: HeatScale,
  mean: LayerMean | null,
): Heat | null {
  const raw = attentionRow(frame, row);
  if (raw === null) return null;
  const total = raw.reduce((sum, value) => sum + value, 0);
  if (scale === 'mean' && mean !== null && mean.map.length === raw.length) {
    const map = relativeTo(raw, mean.map);
    return { raw, map, domain: symmetricDomain(map), diverging: true, total };
  }
  const own = domainOf(raw);
  const domain = scale === 'run' && mean !== null ? { low: 0, high: Math.max(mean.highest, own.high) } : own;
  return { raw, map: raw, domain, diverging: false, total };
}

/** Why there is no heat map, as one or two sentences. */
export function noHeatReason(
  spec: RunSpec,
  turn: Turn | null,
  frames: readonly AttentionFrame[] | null,
): string {
  if (spec.capture.layers === 'none') {
    return 'This run captured no attention. Choose "last layer" under Capture and run again.';
  }
  if (spec.projector === null) return 'This run had no projector, so the target never saw the image.';
  if (turn === null) return 'The prompt has no image, so there is nothing to look at.';
  if (turn.gridProblem !== null) return `The attention cannot be placed on the picture: ${turn.gridProblem}`;
  if (frames !== null && frames.length === 0) return 'No attention was recorded for this round.';
  return 'No attention was recorded for this token.';
}
