/** The built-in models loaded in this process, for benchmarks. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createDrafter } from '../../src-main/decoding/drafters/create.ts';
import { maxTreeLeaves } from '../../src-main/decoding/limits.ts';
import { decodeTurn } from '../../src-main/decoding/loop.ts';
import type { PrefillPart } from '../../src-main/decoding/model.ts';
import { loadNative } from '../../src-main/engine/native/load.ts';
import type { NativeModel } from '../../src-main/engine/native/surface.ts';
import type { GateSpec } from '../../src-shared/domain/gate.ts';
import type { MethodSpec } from '../../src-shared/domain/method.ts';
import type { Round, RoundRecord } from '../../src-shared/domain/round.ts';
import { greedy } from '../../src-shared/domain/run.ts';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const modelFile = (name: string): string => join(root, 'models', name);
export const targetFile = modelFile('specula-tiny-target-f16.gguf');
export const projectorFile = modelFile('specula-tiny-mmproj-f16.gguf');
export const draftFile = modelFile('specula-tiny-draft-text-f16.gguf');

export const native = await loadNative({
  gpu: false,
  crashFile: join(tmpdir(), 'specula-bench-crash.txt'),
  onLog: () => {},
});

/** One thread, F32 cache: the setting in which outputs are exactly comparable. */
export async function load(path: string, projector: string | null, capture: boolean): Promise<NativeModel> {
  const model = await native.addon.loadModel({ path, gpuLayers: 0, device: '' });
  if (projector) await model.loadProjector({ path: projector, gpu: false, threads: 1 });
  await model.createContext({
    contextSize: 2048,
    batchSize: 2048,
    microBatch: capture ? 256 : 512,
    threads: 1,
    kvType: 'f32',
    maxLeaves: maxTreeLeaves,
    capture,
  });
  return model;
}

export interface Decoded {
  readonly tokens: readonly number[];
  readonly rounds: readonly Round[];
  /** milliseconds of all rounds after the prompt, as a clock outside the loop sees it */
  readonly wallMs: number;
  /** processor time of this process meanwhile: other programs on the machine disturb it less */
  readonly cpuMs: number;
}

export interface DecodeChoice {
  readonly method: MethodSpec;
  readonly gate: GateSpec;
  readonly maxTokens: number;
  readonly layers: readonly number[];
  readonly endTokens: ReadonlySet<number>;
}

/** Runs the loop in this process and times the rounds after the prompt. */
export async function decode(
  target: NativeModel,
  draft: NativeModel | null,
  parts: readonly PrefillPart[],
  draftParts: readonly PrefillPart[],
  choice: DecodeChoice,
  onRecord: (record: RoundRecord) => void = () => {},
): Promise<Decoded> {
  const loop = decodeTurn({
    target,
    drafter: createDrafter(choice.method, draft, target.info.vocab),
    prompt: { parts, addSpecial: true },
    draftPrompt: draft && { parts: draftParts, addSpecial: true },
    gate: choice.gate,
    sampling: greedy,
    maxTokens: choice.maxTokens,
    endTokens: choice.endTokens,
    contextSize: target.context?.contextSize ?? 0,
    capture: { layers: choice.layers, scoreLayer: choice.layers.at(-1) ?? null },
    turn: 0,
    firstRound: 0,
    seenPieces: new Set(),
  });
  await loop.next();
  const tokens: number[] = [];
  const rounds: Round[] = [];
  const begin = performance.now();
  const cpu = process.cpuUsage();
  for (;;) {
    const step = await loop.next();
    if (step.done) break;
    if (step.value.kind === 'round') {
      onRecord(step.value.record);
      rounds.push(step.value.record.round);
      for (const token of step.value.record.tokens) tokens.push(token.id);
    }
  }
  const wallMs = performance.now() - begin;
  const { user, system } = process.cpuUsage(cpu);
  return { tokens, rounds, wallMs, cpuMs: (user + system) / 1000 };
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};
