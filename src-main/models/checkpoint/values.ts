/** Reads a tensor's data in pieces and turns them into another type, so that memory does not grow with the tensor. */
import { open } from 'node:fs/promises';
import { ModelError } from '../model-error.ts';
import { type CheckpointTensor, dtypeBytes } from './tensor.ts';

/** A whole number of elements of every type. */
const pieceBytes = 4 << 20;

/** The bytes as they lie in the file. */
export async function* readPieces(tensor: CheckpointTensor): AsyncGenerator<Uint8Array> {
  await using file = await open(tensor.file, 'r');
  for (let done = 0; done < tensor.bytes; done += pieceBytes) {
    const length = Math.min(pieceBytes, tensor.bytes - done);
    const { buffer, bytesRead } = await file.read(new Uint8Array(length), 0, length, tensor.start + done);
    if (bytesRead < length)
      throw new ModelError('damaged', tensor.file, 'the file ends early; download it again');
    yield buffer;
  }
}

/** As f32, whatever they are stored in. @throws ModelError for whole numbers */
export async function* readF32(tensor: CheckpointTensor): AsyncGenerator<Float32Array> {
  for await (const piece of readPieces(tensor)) yield asF32(tensor, piece.buffer);
}

function asF32(tensor: CheckpointTensor, data: ArrayBufferLike): Float32Array {
  switch (tensor.dtype) {
    case 'f32':
      return new Float32Array(data);
    case 'f64':
      return new Float32Array(new Float64Array(data));
    case 'f16':
      return new Float32Array(new Float16Array(data));
    case 'bf16':
      // The upper half of an f32.
      return new Float32Array(Uint32Array.from(new Uint16Array(data), (bits) => bits << 16).buffer);
    case 'i64':
    case 'i32':
    case 'i16':
    case 'i8':
    case 'u8':
    case 'bool':
      throw new ModelError(
        'unsupported',
        tensor.file,
        `tensor ${tensor.name} holds ${tensor.dtype}, no weights`,
      );
  }
}

const asBytes = (values: ArrayBufferView): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/** Data for a tensor of type f32. @throws ModelError where a value is no number */
export async function* toF32(tensor: CheckpointTensor): AsyncGenerator<Uint8Array> {
  for await (const values of readF32(tensor)) {
    refuse(
      tensor,
      values,
      (value) => !Number.isFinite(value),
      'is no finite number; the checkpoint is broken',
    );
    yield asBytes(values);
  }
}

/** Data for a tensor of type f16, rounded to the nearest. @throws ModelError where a value does not fit */
export async function* toF16(tensor: CheckpointTensor): AsyncGenerator<Uint8Array> {
  for await (const values of readF32(tensor)) {
    refuse(
      tensor,
      values,
      (value) => !Number.isFinite(value),
      'is no finite number; the checkpoint is broken',
    );
    const halves = new Float16Array(values);
    refuse(
      tensor,
      halves,
      (value) => !Number.isFinite(value),
      'or one beside it is beyond f16; use --type f32',
    );
    yield asBytes(halves);
  }
}

function refuse(
  tensor: CheckpointTensor,
  values: Float32Array | Float16Array,
  wrong: (value: number) => boolean,
  reason: string,
): void {
  const found = values.find(wrong);
  if (found === undefined) return;
  throw new ModelError('unsupported', tensor.file, `tensor ${tensor.name}: the value ${found} ${reason}`);
}

/** Whole numbers and truth values, for small tensors. @throws ModelError for other types */
export async function readWhole(tensor: CheckpointTensor): Promise<number[]> {
  const all: number[] = [];
  for await (const piece of readPieces(tensor)) {
    for (const value of wholeOf(tensor, piece.buffer)) all.push(Number(value));
  }
  return all;
}

function wholeOf(tensor: CheckpointTensor, data: ArrayBufferLike): Iterable<number | bigint> {
  switch (tensor.dtype) {
    case 'i64':
      return new BigInt64Array(data);
    case 'i32':
      return new Int32Array(data);
    case 'i16':
      return new Int16Array(data);
    case 'i8':
      return new Int8Array(data);
    case 'u8':
    case 'bool':
      return new Uint8Array(data);
    case 'f64':
    case 'f32':
    case 'f16':
    case 'bf16':
      throw new ModelError(
        'unsupported',
        tensor.file,
        `tensor ${tensor.name} holds ${tensor.dtype}, whole numbers were expected (${dtypeBytes[tensor.dtype]} bytes each)`,
      );
  }
}
