/** Writes GGUF files, tensor after tensor, so that a file may be larger than the memory. */
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { alignUp, defaultAlignment, valueTypes } from './format.ts';

/** One metadata value. A number has to say of which type it is; `raw` is a value copied from another file. */
export type MetadataValue =
  | string
  | boolean
  | { readonly u32: number }
  | { readonly f32: number }
  | { readonly u32s: readonly number[] }
  | { readonly i32s: readonly number[] }
  | { readonly f32s: readonly number[] }
  | { readonly strings: readonly string[] }
  | { readonly raw: { readonly type: number; readonly bytes: Uint8Array } };

export type Metadata = ReadonlyMap<string, MetadataValue>;

/** What the header says of a tensor; `shape` is in ggml's order: the row length first. `type` is a ggml_type. */
export interface TensorInfo {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: number;
  readonly bytes: number;
}

export interface TensorSource extends TensorInfo {
  /** the data in order, `bytes` in all, in pieces of any size */
  readonly data: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** Collects little-endian fields and joins them once at the end. */
class ByteSink {
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  bytes(bytes: Uint8Array): void {
    this.#parts.push(bytes);
    this.#length += bytes.length;
  }

  u32(value: number): void {
    const field = Buffer.alloc(4);
    field.writeUInt32LE(value);
    this.bytes(field);
  }

  u64(value: number): void {
    const field = Buffer.alloc(8);
    field.writeBigUInt64LE(BigInt(value));
    this.bytes(field);
  }

  string(text: string): void {
    const encoded = Buffer.from(text, 'utf8');
    this.u64(encoded.length);
    this.bytes(encoded);
  }

  padTo(alignment: number): void {
    this.bytes(new Uint8Array(alignUp(this.#length, alignment) - this.#length));
  }

  join(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

function writeValue(sink: ByteSink, value: MetadataValue): void {
  if (typeof value === 'string') {
    sink.u32(valueTypes.string);
    sink.string(value);
  } else if (typeof value === 'boolean') {
    sink.u32(valueTypes.bool);
    sink.bytes(Uint8Array.of(value ? 1 : 0));
  } else if ('u32' in value) {
    sink.u32(valueTypes.u32);
    sink.u32(value.u32);
  } else if ('f32' in value) {
    sink.u32(valueTypes.f32);
    sink.bytes(new Uint8Array(Float32Array.of(value.f32).buffer));
  } else if ('raw' in value) {
    sink.u32(value.raw.type);
    sink.bytes(value.raw.bytes);
  } else if ('strings' in value) {
    arrayHead(sink, valueTypes.string, value.strings.length);
    for (const text of value.strings) sink.string(text);
  } else if ('u32s' in value) {
    arrayHead(sink, valueTypes.u32, value.u32s.length);
    sink.bytes(new Uint8Array(Uint32Array.from(value.u32s).buffer));
  } else if ('i32s' in value) {
    arrayHead(sink, valueTypes.i32, value.i32s.length);
    sink.bytes(new Uint8Array(Int32Array.from(value.i32s).buffer));
  } else {
    arrayHead(sink, valueTypes.f32, value.f32s.length);
    sink.bytes(new Uint8Array(Float32Array.from(value.f32s).buffer));
  }
}

function arrayHead(sink: ByteSink, elementType: number, count: number): void {
  sink.u32(valueTypes.array);
  sink.u32(elementType);
  sink.u64(count);
}

/** Header of a GGUF version 3 file with these tensors in this order, padded to where the data begin. */
export function ggufHeader(metadata: Metadata, tensors: readonly TensorInfo[]): Buffer {
  const sink = new ByteSink();
  sink.bytes(Buffer.from('GGUF', 'ascii'));
  sink.u32(3);
  sink.u64(tensors.length);
  sink.u64(metadata.size);
  for (const [key, value] of metadata) {
    sink.string(key);
    writeValue(sink, value);
  }
  let offset = 0;
  for (const { name, shape, type, bytes } of tensors) {
    sink.string(name);
    sink.u32(shape.length);
    for (const side of shape) sink.u64(side);
    sink.u32(type);
    sink.u64(offset);
    offset += alignUp(bytes, defaultAlignment);
  }
  sink.padTo(defaultAlignment);
  return sink.join();
}

/**
 * Writes a file. It appears under its name only when it is whole; after an error nothing is left of it.
 * @throws when a tensor's data are not as long as announced, and the file system's errors.
 */
export async function writeGguf(
  path: string,
  metadata: Metadata,
  tensors: readonly TensorSource[],
): Promise<void> {
  const part = `${path}.${process.pid}.part`;
  try {
    await using file = await open(part, 'w');
    await file.writeFile(ggufHeader(metadata, tensors));
    for (const tensor of tensors) await writeTensor(file, tensor);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
  await rename(part, path);
}

async function writeTensor(file: FileHandle, tensor: TensorSource): Promise<void> {
  let written = 0;
  for await (const piece of tensor.data()) {
    await file.writeFile(piece);
    written += piece.length;
  }
  if (written !== tensor.bytes) {
    throw new Error(`tensor ${tensor.name}: ${written} bytes of data, ${tensor.bytes} announced`);
  }
  await file.writeFile(new Uint8Array(alignUp(written, defaultAlignment) - written));
}
