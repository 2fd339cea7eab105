/** Where and how a model runs: the choices made when the user leaves them to us. Pure. */
import type { EngineOptions } from '../../src-shared/domain/run.ts';
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

/**
 * Layers to offload: all (-1) where the weights fit the device with room for the cache and the
 * attention buffers, else the share of the layers that fits; 0 without a GPU.
 * @param fileBytes size of the weights
 */
export function chooseGpuLayers(
  options: EngineOptions,
  device: NativeDevice | null,
  fileBytes: number,
  layers: number,
): number {
  if (device === null || device.type === 'cpu') return 0;
  if (options.gpuLayers !== null) return options.gpuLayers;
  const room = device.memoryFree * 0.8 - 512 * 1024 * 1024;
  if (fileBytes <= room) return -1;
  return Math.max(0, Math.floor((layers * Math.max(0, room)) / fileBytes));
}

const autoContextLimit = 8192;

/** The user's size, else what the model was trained for, at most 8192 tokens (the attention buffer grows with it). */
export function chooseContext(options: EngineOptions, info: NativeModelInfo): number {
  const trained = info.trainedContext > 0 ? info.trainedContext : autoContextLimit;
  return options.contextSize ?? Math.min(trained, autoContextLimit);
}

const f32CacheLimit = 512 * 1024 * 1024;

/**
 * F32 wherever the cache stays below 512 MiB: with it speculative and plain decoding give the same tokens
 * exactly, while F16 may flip near-ties (engine.md D). The size is an upper bound (as many KV heads as heads).
 */
export function chooseKvType(
  options: EngineOptions,
  info: NativeModelInfo,
  contextSize: number,
): 'f32' | 'f16' {
  if (options.kvType !== 'auto') return options.kvType;
  return 2 * 4 * info.layers * info.embedding * contextSize <= f32CacheLimit ? 'f32' : 'f16';
}
