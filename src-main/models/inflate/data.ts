/** The data of grown tensors, in pieces. */
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { type CheckpointTensor, dtypeBytes } from '../checkpoint/tensor.ts';
import { readF32, readPieces } from '../checkpoint/values.ts';
import { elementBytes, elementsOf, type TensorType, tensorTypeName } from '../gguf/format.ts';
import type { HeaderTensor } from '../gguf/header.ts';
import { type Fill, type Grown, grownBytes } from './plan.ts';

/** @param path of the model that the tensors come from */
export function dataOf(path: string, tensor: Grown): AsyncIterable<Uint8Array> | Iterable<Uint8Array> {
  switch (tensor.kind) {
    case 'kept':
      return readPieces(sourceOf(path, tensor.source, grownBytes(tensor)));
    case 'more-rows':
      return moreRows(path, tensor);
    case 'longer-rows':
      return longerRows(path, tensor);
    case 'new':
      return tensor.fill === 'copy-of-template'
        ? asF32(path, tensor.source)
        : filled(tensor.fill, tensor.type, elementsOf(tensor.shape), tensor.shape[0] ?? 1);
  }
}

/** A tensor of the GGUF file as one of a checkpoint: plain numbers at a place in a file. */
function sourceOf(path: string, { name, shape, type, start }: HeaderTensor, bytes: number): CheckpointTensor {
  const known = tensorTypeName(type);
  const dtype = known === null ? 'u8' : known;
  return { name, dtype, shape, file: path, start, bytes };
}

function plain(path: string, source: HeaderTensor): CheckpointTensor {
  const type = tensorTypeName(source.type) ?? 'f32';
  return sourceOf(path, source, elementsOf(source.shape) * dtypeBytes[type]);
}

async function* asF32(path: string, source: HeaderTensor): AsyncGenerator<Uint8Array> {
  for await (const values of readF32(plain(path, source))) yield new Uint8Array(values.buffer);
}

async function* moreRows(path: string, tensor: Grown & { kind: 'more-rows' }): AsyncGenerator<Uint8Array> {
  yield* readPieces(plain(path, tensor.source));
  const more = elementsOf(tensor.shape) - elementsOf(tensor.source.shape);
  yield* filled(tensor.fill, tensor.type, more, tensor.shape[0] ?? 1);
}

async function* longerRows(
  path: string,
  tensor: Grown & { kind: 'longer-rows' },
): AsyncGenerator<Uint8Array> {
  const width = elementBytes[tensor.type];
  const [from, to] = [(tensor.source.shape[0] ?? 0) * width, (tensor.shape[0] ?? 0) * width];
  let rest: Uint8Array = new Uint8Array(0);
  for await (const piece of readPieces(plain(path, tensor.source))) {
    const bytes = Buffer.concat([rest, piece]);
    const rows = Math.floor(bytes.length / from);
    const longer = new Uint8Array(rows * to);
    for (let row = 0; row < rows; row++) longer.set(bytes.subarray(row * from, (row + 1) * from), row * to);
    rest = bytes.subarray(rows * from);
    yield longer;
  }
}

/** Zeros, or numbers of N(0, 1 / row length), which keep activations of an ordinary size; the same ones again and again. */
function* filled(fill: Fill, type: TensorType, count: number, rowLength: number): Generator<Uint8Array> {
  const block =
    fill === 'random'
      ? encode(
          normals().map((value) => value * rowLength ** -0.5),
          type,
        )
      : new Uint8Array(blockElements * elementBytes[type]);
  for (let left = count * elementBytes[type]; left > 0; left -= block.length) {
    yield block.subarray(0, Math.min(left, block.length));
  }
}

/** A prime number, so that repetition lines up with no row. */
const blockElements = 65_537;
let drawn: Float32Array | null = null;

/** Seeded, N(0, 1) (Box-Muller). */
function normals(): Float32Array {
  if (drawn !== null) return drawn;
  const random = xoroshiro128plus(1);
  const uniform = (): number => ((random.next() >>> 0) + 1) / 0x1_0000_0001;
  drawn = Float32Array.from(
    { length: blockElements },
    () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()),
  );
  return drawn;
}

function encode(values: Float32Array, type: TensorType): Uint8Array {
  switch (type) {
    case 'f32':
      return new Uint8Array(values.buffer);
    case 'f16':
      return new Uint8Array(new Float16Array(values).buffer);
    case 'bf16':
      return new Uint8Array(Uint16Array.from(new Uint32Array(values.buffer), (bits) => bits >>> 16).buffer);
    case 'i32':
      throw new Error('weights are no whole numbers');
  }
}
