/** Element types of checkpoints that we can read, and their bytes. */
export const dtypeBytes = {
  f64: 8,
  f32: 4,
  f16: 2,
  bf16: 2,
  i64: 8,
  i32: 4,
  i16: 2,
  i8: 1,
  u8: 1,
  bool: 1,
} as const;
export type Dtype = keyof typeof dtypeBytes;

/** A tensor of a checkpoint, row-major and little-endian, and where its data lie. */
export interface CheckpointTensor {
  readonly name: string;
  readonly dtype: Dtype;
  /** as PyTorch prints it: the slowest side first */
  readonly shape: readonly number[];
  readonly file: string;
  /** bytes from the start of the file */
  readonly start: number;
  readonly bytes: number;
}

/** A shape as people read it, e.g. "[4096, 8192]". */
export const shapeText = (shape: readonly number[]): string => `[${shape.join(', ')}]`;
