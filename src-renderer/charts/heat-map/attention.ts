import type { AttentionFrame, HeadFrame } from '#shared/domain/round.ts';

/** One map as it is recorded: a byte per image patch, in the order of the grids (row-major, grid after grid). */
export interface PackedMap {
  readonly bytes: Uint8Array;
  /** weight = byte / 255 * scale */
  readonly scale: number;
}

/** The maps of a frame, one per row. @throws Error when its parts do not fit each other */
export function packedMaps(frame: AttentionFrame): readonly PackedMap[] {
  const { layer, rows, patches } = frame;
  const bytes = unpacked(frame.data);
  if (bytes.length !== rows * patches || frame.scale.length !== rows) {
    throw new Error(`attention of layer ${layer} has ${bytes.length} values instead of ${rows} x ${patches}`);
  }
  return frame.scale.map((scale, row) => ({
    bytes: bytes.subarray(row * patches, (row + 1) * patches),
    scale,
  }));
}

/** The map of every head at one row; empty where the frame has no such row. @throws as `packedMaps` */
export function headMaps(frame: HeadFrame, row: number): readonly PackedMap[] {
  if (row < 0 || row >= frame.rows) return [];
  const all = packedMaps({ ...frame, rows: frame.heads * frame.rows });
  return Array.from({ length: frame.heads }, (_, head) => all[head * frame.rows + row]).filter(
    (map) => map !== undefined,
  );
}

/** Attention weights of a map. */
export function weightsOf({ bytes, scale }: PackedMap): Float32Array {
  return Float32Array.from(bytes, (byte) => (byte / 255) * scale);
}

/** Attention weights of one row of a frame; null where the frame has no such row. @throws as `packedMaps` */
export function attentionRow(frame: AttentionFrame, row: number): Float32Array | null {
  const map = packedMaps(frame)[row];
  return map === undefined ? null : weightsOf(map);
}

function unpacked(base64: string): Uint8Array {
  const binary = atob(base64);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i += 1) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/** Running mean of maps of equal length; maps of another length (another image) are left out. */
export interface MeanMap {
  readonly sum: Float64Array;
  readonly maps: number;
  /** largest single weight of any map */
  readonly highest: number;
}

/** A mean with more maps; the given one stays as it is. Null: no map yet, so no length either. */
export function addMaps(mean: MeanMap | null, maps: readonly PackedMap[]): MeanMap | null {
  const length = mean?.sum.length ?? maps[0]?.bytes.length;
  if (length === undefined) return mean;
  const sum = mean === null ? new Float64Array(length) : mean.sum.slice();
  let count = mean?.maps ?? 0;
  let highest = mean?.highest ?? 0;
  for (const { bytes, scale } of maps) {
    if (bytes.length !== length) continue;
    let top = 0;
    for (let i = 0; i < length; i += 1) {
      const byte = bytes[i] ?? 0;
      if (byte > top) top = byte;
      sum[i] = (sum[i] ?? 0) + (byte / 255) * scale;
    }
    highest = Math.max(highest, (top / 255) * scale);
    count += 1;
  }
  return { sum, maps: count, highest };
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

/** a - b, patch by patch. Both are of the same picture. */
export function differenceOf(a: Float32Array, b: Float32Array): Float32Array {
  return a.map((value, i) => value - (b[i] ?? 0));
}

/** Weight that a map puts on some patches. */
export function massOn({ bytes, scale }: PackedMap, patches: Iterable<number>): number {
  let sum = 0;
  for (const patch of patches) sum += bytes[patch] ?? 0;
  return (sum / 255) * scale;
}
