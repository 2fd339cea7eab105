import { describe, expect, it } from 'vitest';
import type { NativeDevice, NativeModelInfo } from '../../../src-main/engine/native/surface.ts';
import {
  chooseContext,
  chooseDevice,
  chooseGpuLayers,
  chooseKvType,
  chooseThreads,
} from '../../../src-main/engine/placement.ts';
import { captureOf } from '../../../src-main/engine/session.ts';
import { autoEngine } from '../../../src-shared/domain/run.ts';

const GiB = 1024 ** 3;
const cpu: NativeDevice = {
  name: 'CPU',
  description: 'x',
  type: 'cpu',
  memoryFree: 8 * GiB,
  memoryTotal: 8 * GiB,
};
const gpu: NativeDevice = { ...cpu, name: 'CUDA0', type: 'gpu', memoryFree: 24 * GiB, memoryTotal: 24 * GiB };
const info: NativeModelInfo = {
  arch: 'llama',
  name: 'x',
  layers: 32,
  embedding: 4096,
  heads: 32,
  vocab: 32000,
  trainedContext: 4096,
  ropeType: 'norm',
  chatTemplate: null,
  bos: 1,
  eos: 2,
  endTokens: new Int32Array([2]),
  addBos: true,
  recurrent: false,
  hybrid: false,
  slidingWindow: 0,
  sizeBytes: 1,
  parameters: 1,
  gpuLayers: 0,
  treesRefused: null,
};

describe('placement', () => {
  it('leaves one core free and never goes below one thread', () => {
    expect(chooseThreads(autoEngine, 8)).toBe(7);
    expect(chooseThreads(autoEngine, 1)).toBe(1);
    expect(chooseThreads({ ...autoEngine, threads: 3 }, 8)).toBe(3);
  });

  it('takes the GPU where there is one, and the named device where named', () => {
    expect(chooseDevice(autoEngine, [cpu, gpu])).toBe(gpu);
    expect(chooseDevice(autoEngine, [cpu])).toBeNull();
    expect(chooseDevice({ ...autoEngine, device: 'CPU' }, [cpu, gpu])).toBe(cpu);
    expect(() => chooseDevice({ ...autoEngine, device: 'CUDA7' }, [cpu, gpu])).toThrow(/CUDA7.*CPU, CUDA0/);
  });

  it('offloads all layers that fit beside cache, attention and projector, else as many as do', () => {
    const memory = (weights: number, kv = 0, attention = 0, projector = 0) => ({
      weights: weights * GiB,
      kv: kv * GiB,
      attention: attention * GiB,
      projector: projector * GiB,
      total: (weights + kv + attention + projector) * GiB,
    });
    expect(chooseGpuLayers(24 * GiB, memory(14), 32)).toBe(-1);
    expect(chooseGpuLayers(24 * GiB, memory(14, 4, 1, 1), 32)).toBe(-1);
    const part = chooseGpuLayers(24 * GiB, memory(40), 32);
    expect(part).toBe(Math.floor((32 * (24 * 0.9 - 0.5)) / 40));
    expect(chooseGpuLayers(24 * GiB, memory(40, 10), 32)).toBeLessThan(part);
    expect(chooseGpuLayers(24 * GiB, memory(40, 0, 2, 2), 32)).toBeLessThan(part);
    expect(chooseGpuLayers(0.2 * GiB, memory(14), 32)).toBe(0);
  });

  it('keeps the cache in F32 while it is small, so that output is exactly that of plain decoding', () => {
    expect(chooseKvType(autoEngine, { ...info, layers: 4, embedding: 192 }, 2048)).toBe('f32');
    expect(chooseKvType(autoEngine, info, 4096)).toBe('f16');
    expect(chooseKvType({ ...autoEngine, kvType: 'f32' }, info, 4096)).toBe('f32');
  });

  it('uses the trained context up to a limit', () => {
    expect(chooseContext(autoEngine, info)).toBe(4096);
    expect(chooseContext(autoEngine, { ...info, trainedContext: 131072 })).toBe(8192);
    expect(chooseContext({ ...autoEngine, contextSize: 1024 }, info)).toBe(1024);
  });

  it('reads the recorded layers and the one of the score, recorded or not', () => {
    const gate = { mode: 'paper', threshold: 0.35 } as const;
    const last = { layers: [3], maps: [3], headMaps: false, scoreLayer: 3 };
    expect(captureOf({ layers: 'last' }, gate, 4)).toEqual(last);
    expect(captureOf({ layers: 'score' }, gate, 4)).toEqual({ ...last, maps: [] });
    expect(captureOf({ layers: 'all', heads: true }, gate, 3)).toMatchObject({
      layers: [0, 1, 2],
      maps: [0, 1, 2],
      headMaps: true,
    });
    expect(captureOf({ layers: [1, 1] }, gate, 4)).toMatchObject({
      layers: [1, 3],
      maps: [1],
      scoreLayer: 3,
    });
    expect(captureOf({ layers: 'last' }, { ...gate, layer: 0, heads: 'max' }, 4)).toMatchObject({
      layers: [0, 3],
      maps: [3],
      scoreLayer: 0,
      scoreHeads: 'max',
    });
    expect(captureOf({ layers: 'none' }, gate, 4)).toEqual({ layers: [], scoreLayer: null });
    expect(() => captureOf({ layers: [9] }, gate, 4)).toThrow(/layer 9 does not exist/);
    expect(() => captureOf({ layers: 'last' }, { ...gate, layer: 9 }, 4)).toThrow(
      /score layer 9 does not exist/,
    );
  });
});
