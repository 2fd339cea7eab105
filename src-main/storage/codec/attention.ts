/** Attention of one layer and round <-> blob: u8 values with one float32 scale per row. Format 1. */
import type { AttentionFrame } from '#shared/domain/round.ts';
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
