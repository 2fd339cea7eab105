/**
 * Walltime speedup of methods and gates over plain decoding, on the built-in target inflated until memory bounds it:
 * `npm run bench:methods -- [--quick] [--methods A,B] [--gates off,paper,calibrated,mmspec,probe,oracle] [--samples N]
 * [--repeats N] [--tokens N] [--megabytes N] [--threads N] [--threshold R] [--chain N]`.
 *
 * All in one process on one model, one after the other for every sample, so that the machine's moods meet all alike. The
 * attention kernels are the same for all, those that a gate can read. Times are those that the loop records (prompt: target and
 * drafter), greedy; a look of the oracle is in none of them. The answers must be those of plain decoding, token by token.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { FileHashes } from '../../../src-main/models/file-hash.ts';
import { inflateModel } from '../../../src-main/models/inflate/inflate.ts';
import { fileLabel } from '../../../src-main/models/inflate/label.ts';
import { required } from '../../../src-shared/domain/assert.ts';
import type { GateSpec } from '../../../src-shared/domain/gate.ts';
import { methodLabel } from '../../../src-shared/domain/method.ts';
import { draftFile, load, median, native, projectorFile, root, targetFile } from '../bench-models.ts';
import { benchPrompts } from '../prompts.ts';
import { fittedThreshold, plainCost } from './calibrated.ts';
import { type Contender, contenders } from './contenders.ts';
import { type Measured, Measuring } from './measuring.ts';
import { benchOptions } from './options.ts';

const options = benchOptions(process.argv.slice(2));

/** The inflated target, written once per target and size. */
async function inflatedTarget(): Promise<string> {
  const hashes = new FileHashes(null);
  const folder = join(root, 'node_modules', '.cache', 'specula', 'bench');
  mkdirSync(folder, { recursive: true });
  const sha256 = await hashes.of(targetFile);
  const out = join(folder, `target-${sha256.slice(0, 12)}-${options.megabytes}.gguf`);
  if (!existsSync(out)) {
    await inflateModel({ from: targetFile, out, megabytes: options.megabytes, hashes });
  }
  return out;
}

const plain: Contender = { method: { name: 'ar' }, gate: 'off', head: null };
const inflated = await inflatedTarget();
const target = await native.addon.loadModel({ path: inflated, gpuLayers: 0, device: '' });
await target.loadProjector({ path: projectorFile, gpu: false, threads: options.threads });
const measuring = new Measuring(
  { target, draft: await load(draftFile, null, false) },
  options.threads,
  options.tokens,
);
const step = Math.floor(240 / options.samples);
const prompts = (await benchPrompts(target, step)).slice(0, options.samples);
const others = (await benchPrompts(target, step, Math.floor(step / 2))).slice(0, options.samples);
const { all, absent } = await contenders(options);

const thresholds = await fitted();
const order = [plain, ...all];
const results = new Map(order.map((contender) => [contender, prompts.map((): Measured[] => [])]));
const begun = performance.now();
const seconds = (): string => ((performance.now() - begun) / 1000).toFixed(0);

await measuring.decode(plain.method, gateOf(plain), null, required(prompts[0], 'a sample'));
for (let repeat = 0; repeat < options.repeats; repeat++) {
  for (const [at, prompt] of prompts.entries()) {
    // Another one is the first each time.
    const from = (repeat * prompts.length + at) % order.length;
    for (const contender of [...order.slice(from), ...order.slice(0, from)]) {
      const { method, head } = contender;
      results.get(contender)?.[at]?.push(await measuring.decode(method, gateOf(contender), head, prompt));
    }
    console.error(`repeat ${repeat + 1}, sample ${at + 1}: ${seconds()} s`);
  }
}

const { samples, repeats, tokens, threads, threshold } = options;
const pass = median((results.get(plain) ?? []).flat().map(({ decode, rounds }) => decode / rounds.length));
console.log(`${await fileLabel(inflated)}, ${native.variant}, ${threads} thread(s)`);
console.log(
  `${samples} sample(s), ${repeats} repeat(s), at most ${tokens} tokens; plain: ${pass.toFixed(1)} ms per token`,
);
console.log(
  'speedup = time of plain decoding / time; gain = time of the method without a gate / time: medians over repeats, then over samples',
);
console.log(
  `MAT = new tokens / target passes; paper: threshold ${threshold}; calibrated: a probe of ${samples} other sample(s), "never": it skips nowhere\n`,
);
const head = [
  'method'.padEnd(34),
  'gate'.padEnd(16),
  'speedup',
  'end to end',
  'gain',
  ' MAT',
  'outputs other than plain',
];
console.log(head.join('  '));
for (const contender of all) console.log(row(contender));
for (const line of absent) console.log(`not measured: ${line}`);
await target.dispose();

/** Thresholds by method; none where no calibrated gate is asked for. */
async function fitted(): Promise<ReadonlyMap<string, number | null>> {
  const found = new Map<string, number | null>();
  const wanted = all.filter(({ gate }) => gate === 'calibrated');
  if (wanted.length === 0) return found;
  const cost = await plainCost(measuring, others);
  for (const { method, head } of wanted) {
    const fit = await fittedThreshold(measuring, method, head, others, cost);
    found.set(methodLabel(method), fit);
    console.error(`${methodLabel(method)}: threshold ${fit ?? 'never'}`);
  }
  return found;
}

function gateOf({ method, gate }: Contender): GateSpec {
  if (gate !== 'calibrated') return { mode: gate, threshold: options.threshold };
  const fit = thresholds.get(methodLabel(method)) ?? null;
  return fit === null ? { mode: 'off', threshold: 1 } : { mode: 'paper', threshold: fit };
}

function gateName({ method, gate }: Contender): string {
  return gate === 'calibrated' ? `calibrated ${thresholds.get(methodLabel(method)) ?? 'never'}` : gate;
}

/** Median over samples of the ratio of medians over repeats. */
function ratio(above: Contender, below: Contender, value: (one: Measured) => number): number {
  const middle = (contender: Contender, at: number): number =>
    median((results.get(contender)?.[at] ?? []).map(value));
  return median(prompts.map((_, at) => middle(above, at) / middle(below, at)));
}

function row(contender: Contender): string {
  const runs = results.get(contender) ?? [];
  const base = results.get(plain) ?? [];
  const ungated = all.find(({ method, gate }) => method === contender.method && gate === 'off');
  const firsts = runs.flatMap((repeated) => repeated.slice(0, 1));
  const sum = (value: (one: Measured) => number): number => firsts.reduce((all, one) => all + value(one), 0);
  const ids = (one: Measured | undefined): string => one?.tokens.map(({ id }) => id).join() ?? '';
  const other = runs.filter((repeated, at) => repeated.some((one) => ids(one) !== ids(base[at]?.[0]))).length;
  return [
    methodLabel(contender.method).padEnd(34),
    gateName(contender).padEnd(16),
    ratio(plain, contender, ({ decode }) => decode)
      .toFixed(2)
      .padStart(7),
    ratio(plain, contender, ({ endToEnd }) => endToEnd)
      .toFixed(2)
      .padStart(10),
    ungated === undefined ? '   -' : ratio(ungated, contender, ({ decode }) => decode).toFixed(2),
    (sum(({ tokens }) => tokens.length) / sum(({ rounds }) => rounds.length)).toFixed(2).padStart(4),
    String(other),
  ].join('  ');
}
