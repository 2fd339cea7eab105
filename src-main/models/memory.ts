import type { DecoderMetadata, ProjectorMetadata } from './metadata.ts';

export interface MemoryOptions {
  /** cells of the KV cache */
  readonly contextSize: number;
  /** most tokens evaluated at once */
  readonly microBatch: number;
  readonly kvType: 'f32' | 'f16';
  /** attention is read, so flash attention is off and the score matrix is kept whole */
  readonly capture: boolean;
}

/** Bytes, estimated before loading. llama.cpp's other compute buffers are not included. */
export interface MemoryEstimate {
  readonly weights: number;
  readonly kv: number;
  readonly attention: number;
  readonly projector: number;
  readonly total: number;
}

const KV_BYTES = { f32: 4, f16: 2 } as const;

/**
 * Memory that a model takes with a context: its weights, K and V of every layer for `contextSize` cells, the score matrix
 * [heads][microBatch][contextSize] in F32 of one layer (engine.md E), and the projector's weights.
 */
export function estimateMemory(
  model: DecoderMetadata,
  projector: ProjectorMetadata | null,
  options: MemoryOptions,
): MemoryEstimate {
  const perCell = model.kvWidths.reduce((sum, width) => sum + width, 0) * KV_BYTES[options.kvType];
  const parts = {
    weights: model.tensorBytes,
    kv: perCell * options.contextSize,
    attention: options.capture ? model.heads * options.microBatch * options.contextSize * 4 : 0,
    projector: projector?.fileBytes ?? 0,
  };
  return { ...parts, total: parts.weights + parts.kv + parts.attention + parts.projector };
}
