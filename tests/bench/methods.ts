/**
 * Walltime speedup of every method and gate over plain decoding, on the built-in target inflated until memory bounds it:
 * `npm run bench:methods -- [--quick] [--samples N] [--repeats N] [--tokens N] [--megabytes N] [--threads N] [--threshold R]`.
 *
 * All in one process on one model, one after the other for every sample, so that the machine's moods meet all alike. The
 * attention kernels are the same for all, those that a gate can read. Times are those that the loop records (prompt: target and
 * drafter), greedy; a look of the oracle is in none of them. The answers must be those of plain decoding, token by token.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createDrafter } from '../../src-main/decoding/drafters/create.ts';
import { maxTreeLeaves } from '../../src-main/decoding/limits.ts';
import { decodeTurn } from '../../src-main/decoding/loop.ts';
import { HeadSlot } from '../../src-main/engine/head-slot.ts';
import type { NativeModel } from '../../src-main/engine/native/surface.ts';
import { FileHashes } from '../../src-main/models/file-hash.ts';
import { inflateModel } from '../../src-main/models/inflate/inflate.ts';
import { fileLabel } from '../../src-main/models/inflate/label.ts';
import { loadManifest } from '../../src-main/models/manifest.ts';
import { required } from '../../src-shared/domain/assert.ts';
import { defaultGateThreshold, type GateMode, gateModes, readsScore } from '../../src-shared/domain/gate.ts';
import {
  defaultMethod,
  draftFileLabel,
  draftFileOf,
  type MethodSpec,
  methodLabel,
  methodNames,
  methodsWithVariants,
} from '../../src-shared/domain/method.ts';
import { greedy } from '../../src-shared/domain/run.ts';
import { roundMs } from '../../src-shared/metrics/totals.ts';
import {
  draftFile,
  load,
  median,
  modelFile,
  native,
  projectorFile,
  root,
  targetFile,
} from './bench-models.ts';
import { type BenchPrompt, benchPrompts } from './prompts.ts';

const { values: given } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    samples: { type: 'string' },
    repeats: { type: 'string' },
    tokens: { type: 'string' },
    megabytes: { type: 'string' },
    threads: { type: 'string' },
    threshold: { type: 'string' },
  },
});

function option(text: string | undefined, usual: number, quick: number): number {
  const value = text === undefined ? (given.quick ? quick : usual) : Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new Error(`${text} is no number above 0`);
  return value;
}

const settings = {
  samples: option(given.samples, 6, 1),
  repeats: option(given.repeats, 3, 1),
  tokens: option(given.tokens, 96, 24),
  megabytes: option(given.megabytes, 300, 300),
  threads: option(given.threads, 1, 1),
  threshold: option(given.threshold, defaultGateThreshold, defaultGateThreshold),
};

interface Contender {
  readonly method: MethodSpec;
  readonly gate: GateMode;
  /** file of a draft head */
  readonly head: string | null;
}

interface Measured {
  readonly tokens: readonly number[];
  readonly rounds: number;
  /** milliseconds of all rounds */
  readonly decode: number;
  /** with the prompt, by target and drafter */
  readonly endToEnd: number;
}

/** The inflated target, written once per target and size. */
async function inflatedTarget(): Promise<string> {
  const hashes = new FileHashes(null);
  const folder = join(root, 'node_modules', '.cache', 'specula', 'bench');
  mkdirSync(folder, { recursive: true });
  const sha256 = await hashes.of(targetFile);
  const out = join(folder, `target-${sha256.slice(0, 12)}-${settings.megabytes}.gguf`);
  if (!existsSync(out)) {
    await inflateModel({ from: targetFile, out, megabytes: settings.megabytes, hashes });
  }
  return out;
}

/** A survey accepts nothing by design: it measures acceptance, not speed. */
const gates = gateModes.filter((mode) => mode !== 'survey');

/** Every method with its defaults, MMSpec's variants too, under every gate; what has no draft file is told. */
async function contenders(): Promise<{ all: Contender[]; absent: string[] }> {
  const { files } = await loadManifest(join(root, 'models'));
  const methods = methodNames
    .filter((name) => name !== 'ar')
    .flatMap((name) => [
      defaultMethod(name),
      ...(methodsWithVariants.includes(name) ? [defaultMethod(name, 'mmspec')] : []),
    ]);
  const all: Contender[] = [];
  const absent: string[] = [];
  for (const method of methods) {
    const kind = draftFileOf(method);
    const file = files.find((one) => one.role === 'head' && one.head === kind)?.file;
    if (kind !== null && kind !== 'model' && file === undefined) {
      absent.push(`${methodLabel(method)}: ${draftFileLabel(kind)} is not among the built-in models`);
      continue;
    }
    for (const gate of gates) all.push({ method, gate, head: file === undefined ? null : modelFile(file) });
  }
  return { all, absent };
}

class Bench {
  readonly #target: NativeModel;
  readonly #draft: NativeModel;
  readonly #slot: HeadSlot;
  readonly #layers: readonly number[];

  constructor(target: NativeModel, draft: NativeModel) {
    this.#target = target;
    this.#draft = draft;
    this.#layers = [target.info.layers - 1];
    const context = {
      contextSize: 2048,
      batchSize: 2048,
      microBatch: 256,
      threads: settings.threads,
      kvType: 'f32',
      maxLeaves: maxTreeLeaves,
      capture: true,
    } as const;
    this.#slot = new HeadSlot(target, context, () => {});
  }

  async measure({ method, gate, head: file }: Contender, prompt: BenchPrompt): Promise<Measured> {
    const { head, contextSize } = await this.#slot.attach(file);
    const draft = draftFileOf(method) === 'model' ? this.#draft : null;
    const layers = readsScore(gate) ? this.#layers : [];
    const loop = decodeTurn({
      target: this.#target,
      drafter: createDrafter(method, draft, this.#target.info.vocab, { head }),
      prompt: { parts: prompt.target, addSpecial: true },
      draftPrompt: draft && { parts: prompt.text, addSpecial: true },
      gate: { mode: gate, threshold: settings.threshold },
      sampling: greedy,
      maxTokens: settings.tokens,
      endTokens: new Set(this.#target.info.endTokens),
      contextSize,
      capture: { layers, scoreLayer: layers[0] ?? null },
      turn: 0,
      firstRound: 0,
      seenPieces: new Set(),
    });
    const tokens: number[] = [];
    let [rounds, decode, promptMs] = [0, 0, 0];
    for (let step = await loop.next(); !step.done; step = await loop.next()) {
      if (step.value.kind === 'prefill') {
        const { out, draftMs } = step.value;
        promptMs = out.ms.tokenize + out.ms.encode + out.ms.decode + draftMs;
      } else {
        const { round, tokens: more } = step.value.record;
        rounds++;
        decode += roundMs(round.ms);
        for (const { id } of more) tokens.push(id);
      }
    }
    return { tokens, rounds, decode, endToEnd: promptMs + decode };
  }
}

const plain: Contender = { method: { name: 'ar' }, gate: 'off', head: null };
const inflated = await inflatedTarget();
const target = await native.addon.loadModel({ path: inflated, gpuLayers: 0, device: '' });
await target.loadProjector({ path: projectorFile, gpu: false, threads: settings.threads });
const bench = new Bench(target, await load(draftFile, null, false));
const everyOther = await benchPrompts(target, Math.floor(240 / settings.samples));
const prompts = everyOther.slice(0, settings.samples);
const { all, absent } = await contenders();
const order = [plain, ...all];
const results = new Map(order.map((contender) => [contender, prompts.map((): Measured[] => [])]));

const begun = performance.now();
await bench.measure(plain, required(prompts[0], 'a sample'));
for (let repeat = 0; repeat < settings.repeats; repeat++) {
  for (const [at, prompt] of prompts.entries()) {
    // Another one is the first each time.
    const from = (repeat * prompts.length + at) % order.length;
    for (const contender of [...order.slice(from), ...order.slice(0, from)]) {
      results.get(contender)?.[at]?.push(await bench.measure(contender, prompt));
    }
  }
  console.error(
    `repeat ${repeat + 1} of ${settings.repeats}, ${((performance.now() - begun) / 1000).toFixed(0)} s`,
  );
}

const { samples, repeats, tokens, threads, threshold } = settings;
const pass = median((results.get(plain) ?? []).flat().map(({ decode, rounds }) => decode / rounds));
console.log(`${await fileLabel(inflated)}, ${native.variant}, ${threads} thread(s)`);
console.log(
  `${samples} sample(s), ${repeats} repeat(s), at most ${tokens} tokens, gate's threshold ${threshold}; plain: ${pass.toFixed(1)} ms per token`,
);
console.log(
  'speedup = time of plain decoding / time, medians over repeats, then over samples; MAT = new tokens per target pass\n',
);
console.log(
  ['method'.padEnd(34), 'gate'.padEnd(8), 'decode', 'end-to-end', ' MAT', 'outputs other than plain'].join(
    '  ',
  ),
);
for (const contender of all) console.log(row(contender));
for (const line of absent) console.log(`not measured: ${line}`);
await target.dispose();

/** Median over samples of the ratio of medians over repeats. */
function row(contender: Contender): string {
  const [own, base] = [results.get(contender) ?? [], results.get(plain) ?? []];
  const ratio = (value: (one: Measured) => number): string => {
    const middle = (runs: readonly Measured[] | undefined): number => median((runs ?? []).map(value));
    return median(own.map((runs, at) => middle(base[at]) / middle(runs))).toFixed(2);
  };
  const firsts = own.flatMap((runs) => runs.slice(0, 1));
  const mat =
    firsts.reduce((sum, one) => sum + one.tokens.length, 0) /
    firsts.reduce((sum, one) => sum + one.rounds, 0);
  const other = own.filter((runs, at) =>
    runs.some((one) => one.tokens.join() !== base[at]?.[0]?.tokens.join()),
  ).length;
  return [
    methodLabel(contender.method).padEnd(34),
    contender.gate.padEnd(8),
    ratio(({ decode }) => decode).padStart(6),
    ratio(({ endToEnd }) => endToEnd).padStart(10),
    mat.toFixed(2).padStart(4),
    String(other),
  ].join('  ');
}
