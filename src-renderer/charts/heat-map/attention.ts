import type { AttentionFrame } from '#shared/domain/round.ts';

/**
 * Attention weights of one row of a frame, one per image patch, in the order of the grids (row-major, grid after
 * grid): byte / 255 * scale of the row. Null where the frame has no such row.
 */
export function attentionRow(frame: AttentionFrame, row: number): Float32Array | null {
  const scale = frame.scale[row];
  if (scale === undefined || row >= frame.rows) return null;
  const binary = atob(frame.data);
  if (binary.length !== frame.rows * frame.patches) {
    throw new Error(
      `attention of layer ${frame.layer} has ${binary.length} values instead of ${frame.rows} x ${frame.patches}`,
    );
  }
  const out = new Float32Array(frame.patches);
  const start = row * frame.patches;
  for (let i = 0; i < out.length; i += 1) out[i] = (binary.charCodeAt(start + i) / 255) * scale;
  return out;
}

/** Running mean of maps of equal length; maps of another length are refused. */
export interface MeanMap {
  readonly sum: Float64Array;
  readonly maps: number;
}

export function emptyMean(patches: number): MeanMap {
  return { sum: new Float64Array(patches), maps: 0 };
}

/** A mean with one more map; the given one stays as it is. Throws when the lengths differ. */
export function addMap(mean: MeanMap, map: Float32Array): MeanMap {
  if (map.length !== mean.sum.length) {
    throw new Error(`map of ${map.length} patches in a mean of ${mean.sum.length}`);
  }
  return { sum: mean.sum.map((value, i) => value + (map[i] ?? 0)), maps: mean.maps + 1 };
}

export function meanOf(mean: MeanMap): Float32Array {
  return Float32Array.from(mean.sum, (value) => (mean.maps === 0 ? 0 : value / mean.maps));
}

/**
 * log2(value / mean) per patch: 0 is as usual, 1 twice as much as usual. Where the mean is 0 the value is 0 too, so
 * the ratio is taken as 0. Values below 1/16 of the mean end at -4, above 16 times at 4.
 */
export function relativeTo(map: Float32Array, mean: Float32Array): Float32Array {
  return map.map((value, i) => {
    const usual = mean[i] ?? 0;
    if (usual <= 0) return 0;
    return value <= 0 ? -4 : Math.max(-4, Math.min(4, Math.log2(value / usual)));
  });
}
