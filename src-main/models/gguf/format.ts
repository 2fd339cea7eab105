/** Numbers of the GGUF format, version 3 (ggml/docs/gguf.md in the llama.cpp repository). */

/** Types of metadata values. */
export const valueTypes = {
  u8: 0,
  i8: 1,
  u16: 2,
  i16: 3,
  u32: 4,
  i32: 5,
  f32: 6,
  bool: 7,
  string: 8,
  array: 9,
  u64: 10,
  i64: 11,
  f64: 12,
} as const;

/** Bytes of the metadata values with a fixed size. */
export const valueBytes: ReadonlyMap<number, number> = new Map([
  [valueTypes.u8, 1],
  [valueTypes.i8, 1],
  [valueTypes.u16, 2],
  [valueTypes.i16, 2],
  [valueTypes.u32, 4],
  [valueTypes.i32, 4],
  [valueTypes.f32, 4],
  [valueTypes.bool, 1],
  [valueTypes.u64, 8],
  [valueTypes.i64, 8],
  [valueTypes.f64, 8],
]);

/** Types of tensors whose elements stand alone (ggml_type). */
export const tensorTypes = { f32: 0, f16: 1, i32: 26, bf16: 30 } as const;
export type TensorType = keyof typeof tensorTypes;
export const elementBytes: Readonly<Record<TensorType, number>> = { f32: 4, f16: 2, i32: 4, bf16: 2 };

/** Name of a tensor type with standing-alone elements; null for quantised and other types. */
export function tensorTypeName(type: number): TensorType | null {
  const found = Object.entries(tensorTypes).find(([, number]) => number === type);
  return found === undefined ? null : (found[0] as TensorType);
}

export const defaultAlignment = 32;

export const alignUp = (length: number, alignment: number): number =>
  Math.ceil(length / alignment) * alignment;

/** Elements of a shape. */
export const elementsOf = (shape: readonly number[]): number =>
  shape.reduce((product, side) => product * side, 1);
