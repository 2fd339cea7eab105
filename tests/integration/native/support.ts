/** What the native tests share: a loaded addon, opened fixture models, prompts and plain decoding. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type LoadedNative, loadNative } from '../../../src-main/engine/native/load.ts';
import type {
  NativeContextOptions,
  NativeModel,
  PrefillOut,
  PrefillPart,
  RowWants,
} from '../../../src-main/engine/native/surface.ts';
import { type FixturePaths, fixtureModels } from '../../fixtures/gguf/index.ts';

export const crashFile = path.join(mkdtempSync(path.join(tmpdir(), 'specula-native-')), 'crash.txt');
export const logLines: { level: number; text: string }[] = [];

let loaded: Promise<LoadedNative> | null = null;

/** The CPU addon, loaded once per test file. */
export function native(): Promise<LoadedNative> {
  loaded ??= loadNative({ gpu: false, crashFile, onLog: (level, text) => logLines.push({ level, text }) });
  return loaded;
}

/** Both kinds of vision-language model: consecutive positions, and M-RoPE. */
export const architectures = [
  { name: 'llama', model: 'target', projector: 'projector' },
  { name: 'qwen2vl', model: 'qwen2vl', projector: 'qwen2vlProjector' },
] as const satisfies readonly {
  name: string;
  model: keyof FixturePaths;
  projector: keyof FixturePaths;
}[];

export type Architecture = (typeof architectures)[number];

export const contextOptions: NativeContextOptions = {
  contextSize: 1024,
  batchSize: 256,
  microBatch: 128,
  threads: 1,
  kvType: 'f32',
  maxLeaves: 64,
  capture: true,
};

export async function openModel(name: keyof FixturePaths): Promise<NativeModel> {
  const { addon } = await native();
  const files = await fixtureModels();
  return addon.loadModel({ path: files[name], gpuLayers: 0, device: '' });
}

/** A model with context, and with its projector when named. */
export async function open(
  model: keyof FixturePaths,
  options: Partial<NativeContextOptions> & { readonly projector?: keyof FixturePaths } = {},
): Promise<NativeModel> {
  const { projector, ...context } = options;
  const opened = await openModel(model);
  if (projector !== undefined) {
    await opened.loadProjector({ path: (await fixtureModels())[projector], gpu: false, threads: 1 });
  }
  await opened.createContext({ ...contextOptions, ...context });
  return opened;
}

export function wants(more: Partial<RowWants> = {}): RowWants {
  return { topK: 4, layers: new Int32Array(), patches: false, heads: false, ...more };
}

/** Whole numbers in [0, below) from a linear congruential generator (Numerical Recipes' constants). */
export function numbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** An image of coloured noise. */
export function picture(width: number, height: number, seed = 3): PrefillPart {
  const next = numbers(seed);
  const rgb = Uint8Array.from({ length: width * height * 3 }, () => next(256));
  return { image: { width, height, rgb } };
}

export const imagePrompt: readonly PrefillPart[] = [
  { text: 'USER: look at ', parseSpecial: true },
  picture(200, 150),
  { text: '\ndescribe it ASSISTANT:', parseSpecial: false },
];

export function prefill(
  model: NativeModel,
  parts = imagePrompt,
  rows: RowWants = wants(),
): Promise<PrefillOut> {
  return model.prefill({ parts, addSpecial: true, wants: rows });
}

export function at(values: ArrayLike<number>, index: number): number {
  const value = values[index];
  if (value === undefined) throw new RangeError(`no element ${index} of ${values.length}`);
  return value;
}

export function argmax(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (at(values, i) > at(values, best)) best = i;
  return best;
}

export function maxDifference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) throw new RangeError(`${a.length} values against ${b.length}`);
  return a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - at(b, i))), 0);
}

export function sum(values: ArrayLike<number>): number {
  return Array.from(values).reduce((total, value) => total + value, 0);
}

/** Decodes one token the plain way and commits it. */
export async function step(model: NativeModel, token: number, rows: RowWants = wants()) {
  const out = await model.decodeTree({
    tokens: Int32Array.of(token),
    parents: Int32Array.of(-1),
    wants: rows,
  });
  const logits = model.logits(0);
  model.accept(Int32Array.of(0));
  return { out, logits };
}

/** Greedy plain decoding after a prefill: the tokens, and the row each was chosen from. */
export async function greedy(model: NativeModel, first: PrefillOut, count: number) {
  const tokens: number[] = [at(first.row.topIds, 0)];
  const rows: Float32Array[] = [model.logits(-1)];
  while (tokens.length < count) {
    const { logits } = await step(model, tokens.at(-1) ?? 0);
    rows.push(logits);
    tokens.push(argmax(logits));
  }
  return { tokens, rows };
}
