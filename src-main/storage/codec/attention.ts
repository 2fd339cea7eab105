/** Attention of one layer and round <-> blob: u8 values with one float32 scale per map. Format 1 of each. */
import type { AttentionFrame, HeadFrame } from '#shared/domain/round.ts';
import { ByteWriter } from './bytes.ts';
import { seal, unseal } from './envelope.ts';

const version = 1;

/** @throws RangeError when rows, patches, scale and data do not fit each other */
export function encodeAttention(frame: AttentionFrame): Buffer {
  const data = Buffer.from(frame.data, 'base64');
  if (frame.scale.length !== frame.rows || data.length !== frame.rows * frame.patches) {
    throw new RangeError(
      `attention of layer ${frame.layer}: ${data.length} values and ${frame.scale.length} scales for ${frame.rows} rows of ${frame.patches} patches`,
    );
  }
  const w = new ByteWriter();
  w.u32(frame.layer);
  w.u32(frame.rows);
  w.u32(frame.patches);
  for (const scale of frame.scale) w.f32(scale);
  w.raw(data);
  return seal(version, w.finish());
}

/** @param what names the frame in errors. @throws CorruptBlobError */
export function decodeAttention(blob: Uint8Array, what: string): AttentionFrame {
  return unseal([version], blob, what, (r) => {
    const layer = r.u32();
    const rows = r.u32();
    const patches = r.u32();
    if (rows * (4 + patches) !== r.left) throw new RangeError('its size does not fit its rows and patches');
    const scale = Array.from({ length: rows }, () => r.f32());
    const data = Buffer.from(r.raw(rows * patches)).toString('base64');
    return { layer, rows, patches, scale, data };
  });
}

/** @throws RangeError when heads, rows, patches, scale and data do not fit each other */
export function encodeHeads(frame: HeadFrame): Buffer {
  const { layer, heads, rows, patches, scale } = frame;
  const data = Buffer.from(frame.data, 'base64');
  if (scale.length !== heads * rows || data.length !== heads * rows * patches) {
    throw new RangeError(
      `attention of the heads of layer ${layer}: ${data.length} values and ${scale.length} scales for ${heads} heads, ${rows} rows and ${patches} patches`,
    );
  }
  const w = new ByteWriter();
  for (const value of [layer, heads, rows, patches]) w.u32(value);
  for (const value of scale) w.f32(value);
  w.raw(data);
  return seal(version, w.finish());
}

/** @param what names the frame in errors. @throws CorruptBlobError */
export function decodeHeads(blob: Uint8Array, what: string): HeadFrame {
  return unseal([version], blob, what, (r) => {
    const [layer, heads, rows, patches] = [r.u32(), r.u32(), r.u32(), r.u32()];
    if (heads * rows * (4 + patches) !== r.left) {
      throw new RangeError('its size does not fit its heads, rows and patches');
    }
    const scale = Array.from({ length: heads * rows }, () => r.f32());
    const data = Buffer.from(r.raw(heads * rows * patches)).toString('base64');
    return { layer, heads, rows, patches, scale, data };
  });
}

/** One head of a frame, in the form of a layer's mean; null where the layer has no such head. */
export function oneHead(frame: HeadFrame, head: number): AttentionFrame | null {
  const { layer, heads, rows, patches, scale } = frame;
  if (head >= heads) return null;
  const from = head * rows;
  const data = Buffer.from(frame.data, 'base64').subarray(from * patches, (from + rows) * patches);
  return { layer, rows, patches, scale: scale.slice(from, from + rows), data: data.toString('base64') };
}
