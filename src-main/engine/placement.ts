/** Where and how a model runs: the choices made when the user leaves them to us. Pure. */
import type { EngineOptions } from '../../src-shared/domain/run.ts';
import type { MemoryEstimate } from '../models/memory.ts';
import type { NativeDevice, NativeModelInfo } from './native/surface.ts';

/** One core stays free for the window and for ggml's busy waiting (engine.md H). */
export function chooseThreads(options: EngineOptions, physicalCores: number): number {
  return options.threads ?? Math.max(1, physicalCores - 1);
}

/** The device named by the user, else the first GPU, else the CPU. Throws when the name is unknown. */
export function chooseDevice(options: EngineOptions, devices: readonly NativeDevice[]): NativeDevice | null {
  if (options.device !== null) {
    const found = devices.find((d) => d.name === options.device);
    if (!found) {
      const names = devices.map((d) => d.name).join(', ');
      throw new Error(`there is no device "${options.device}"; this machine has: ${names}`);
    }
    return found;
  }
  return devices.find((d) => d.type === 'gpu') ?? devices.find((d) => d.type === 'igpu') ?? null;
}

/** The driver's own needs and llama.cpp's compute buffers, which the estimate leaves out. */
const spareShare = 0.1;
const spareBytes = 512 * 1024 * 1024;

/**
 * Layers to offload: all (-1) where model, cache and attention buffers fit the device, else as many as fit.
 * @param freeBytes free memory of the device
 * @param layers of the model
 */
export function chooseGpuLayers(freeBytes: number, memory: MemoryEstimate, layers: number): number {
  const room = freeBytes * (1 - spareShare) - spareBytes;
  if (memory.total <= room) return -1;
  const forLayers = Math.max(0, room - memory.projector - memory.attention);
  return Math.floor((layers * forLayers) / (memory.weights + memory.kv));
}

const autoContextLimit = 8192;

/** The user's size, else what the model was trained for, at most 8192 tokens (the attention buffer grows with it). */
export function chooseContext(options: EngineOptions, info: Pick<NativeModelInfo, 'trainedContext'>): number {
  const trained = info.trainedContext > 0 ? info.trainedContext : autoContextLimit;
  return options.contextSize ?? Math.min(trained, autoContextLimit);
}

/** Tokens evaluated at once. With capture the buffer of attention scores grows with it. */
export function chooseMicroBatch(contextSize: number, capture: boolean): number {
  return Math.min(contextSize, capture ? 256 : 512);
}

const f32CacheLimit = 512 * 1024 * 1024;

/**
 * F32 wherever the cache stays below 512 MiB: with it speculative and plain decoding give the same tokens
 * exactly, while F16 may flip near-ties (engine.md D). The size is an upper bound (as many KV heads as heads).
 */
export function chooseKvType(
  options: EngineOptions,
  info: Pick<NativeModelInfo, 'layers' | 'embedding'>,
  contextSize: number,
): 'f32' | 'f16' {
  if (options.kvType !== 'auto') return options.kvType;
  return 2 * 4 * info.layers * info.embedding * contextSize <= f32CacheLimit ? 'f32' : 'f16';
}
