/**
 * The wrapping of every packed blob: u8 version, u8 packing (0 as is, 1 zstd), u32 CRC-32 of the unpacked payload,
 * payload. A changed byte anywhere is noticed.
 */
import { crc32, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { CorruptBlobError } from '../errors.ts';
import { ByteReader } from './bytes.ts';

const headerBytes = 6;
const asIs = 0;
const zstd = 1;
/** No blob of ours is larger unpacked; a damaged one must not claim all memory. */
const maxPayload = 256 * 2 ** 20;

/**
 * Setting up a zstd stream takes about 0.1 ms, more than writing a small blob costs; only large ones are worth it.
 * Unit: bytes.
 */
const worthCompressing = 8192;

/** Wraps a payload, compressed where it is large and that makes it smaller. */
export function seal(version: number, payload: Uint8Array): Buffer {
  const packed = payload.length < worthCompressing ? payload : zstdCompressSync(payload);
  const smaller = packed.length < payload.length;
  const body = smaller ? packed : payload;
  const out = Buffer.alloc(headerBytes + body.length);
  out.writeUInt8(version, 0);
  out.writeUInt8(smaller ? zstd : asIs, 1);
  out.writeUInt32LE(crc32(payload), 2);
  out.set(body, headerBytes);
  return out;
}

/**
 * Checks and unwraps a blob and hands its payload to `read`.
 * @param versions those that `read` understands; it gets the one that was found
 * @param what names the blob in errors, e.g. "the draft tree of round 3"
 * @throws CorruptBlobError for a damaged blob, another version, or a payload that `read` does not use up
 */
export function unseal<T>(
  versions: readonly number[],
  blob: Uint8Array,
  what: string,
  read: (reader: ByteReader, version: number) => T,
): T {
  if (blob.length < headerBytes) throw new CorruptBlobError(what, 'it is shorter than its header');
  const header = new DataView(blob.buffer, blob.byteOffset, headerBytes);
  const found = header.getUint8(0);
  if (!versions.includes(found)) throw new CorruptBlobError(what, `its format ${found} is unknown`);
  try {
    const payload = unpack(header.getUint8(1), blob.subarray(headerBytes));
    if (crc32(payload) !== header.getUint32(2, true)) throw new RangeError('its checksum does not match');
    const reader = new ByteReader(payload);
    const value = read(reader, found);
    if (reader.left !== 0) throw new RangeError(`it has ${reader.left} bytes too many`);
    return value;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CorruptBlobError(what, reason, { cause: error });
  }
}

function unpack(packing: number, body: Uint8Array): Uint8Array {
  if (packing === asIs) return body;
  if (packing === zstd) return zstdDecompressSync(body, { maxOutputLength: maxPayload });
  throw new RangeError(`its packing ${packing} is unknown`);
}
