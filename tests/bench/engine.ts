/**
 * `npm run bench:engine`: what speculation, attention capture and recording cost, as ratios measured in one run.
 * Every pair is measured in turn (A B A B ...) and the median of the pairwise ratios is printed, since machines drift.
 * Rounds are written by a second process, as in the workbench; "CPU" is this process's processor time.
 * Ratios are time(first) / time(second); below 1 the first is faster.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStorage } from '../../src-main/storage/storage.ts';
import { defaultMethod, type MethodSpec, methodLabel } from '../../src-shared/domain/method.ts';
import type { RoundRecord } from '../../src-shared/domain/round.ts';
import { decode, draftFile, load, median, native, projectorFile, targetFile } from './bench-models.ts';
import { llamaSpeculative } from './llama-speculative.ts';
import { measureMemory } from './memory.ts';
import { benchPrompts } from './prompts.ts';
import { Recorder, storedRun } from './recording.ts';
import { widerModel } from './wider-model.ts';

const repeats = 7;
const chain: MethodSpec = { name: 'draft-model', shape: { kind: 'chain', length: 5 } };
const off = { mode: 'off', threshold: 0.35 } as const;
type Times = { readonly wallMs: number; readonly cpuMs: number };
const fixed = (value: number): string => value.toFixed(3);
const row = (name: string, ...values: string[]): void =>
  console.log(`${name.padEnd(46)} ${values.map((v) => v.padStart(12)).join(' ')}`);

const added = (a: Times, b: Times): Times => ({ wallMs: a.wallMs + b.wallMs, cpuMs: a.cpuMs + b.cpuMs });

console.log(
  `llama.cpp ${native.release}, ${native.variant}, 1 thread, F32 cache, ${repeats} repeats, medians\n`,
);

const target = await load(targetFile, projectorFile, true);
const plainTarget = await load(targetFile, projectorFile, false);
const draft = await load(draftFile, null, false);
const end = new Set(target.info.endTokens);
const last = [target.info.layers - 1];
const prompts = await benchPrompts(target, 20);
const choice = { gate: off, maxTokens: 200, endTokens: end };

console.log('1. Speculative loop against plain decoding (built-in models, 12 samples, capture on)');
row('', 'rounds', 'time');
for (const method of [defaultMethod('draft-model'), chain, defaultMethod('pld')]) {
  const times: number[] = [];
  let rounds = 0;
  let plainRounds = 0;
  for (let i = 0; i < repeats; i++) {
    let a = 0;
    let b = 0;
    rounds = 0;
    plainRounds = 0;
    for (const p of prompts) {
      const spec = await decode(target, draft, p.target, p.text, { ...choice, method, layers: last });
      const plain = await decode(target, null, p.target, p.text, {
        ...choice,
        method: { name: 'ar' },
        layers: last,
      });
      if (spec.tokens.join() !== plain.tokens.join())
        throw new Error(`${p.id}: output differs from plain decoding`);
      a += spec.wallMs;
      b += plain.wallMs;
      rounds += spec.rounds.length;
      plainRounds += plain.rounds.length;
    }
    times.push(a / b);
  }
  row(methodLabel(method), fixed(rounds / plainRounds), fixed(median(times)));
}

console.log('\n2. Last-layer attention capture on against off (aim: <= 1.02)');
row('', 'plain', 'chain 5');
const wide = await widerModel();
const scales = [
  {
    name: `built-in target (${(target.info.parameters / 1e6).toFixed(1)} M parameters)`,
    on: target,
    off: plainTarget,
    draft,
    prompts,
  },
  { name: wide.name, on: wide.capture, off: wide.plain, draft: null, prompts: wide.prompts },
];
for (const scale of scales) {
  const ratios: string[] = [];
  for (const method of scale.draft ? [{ name: 'ar' } as const, chain] : [{ name: 'ar' } as const]) {
    const values: number[] = [];
    for (let i = 0; i < repeats; i++) {
      let a = 0;
      let b = 0;
      for (const p of scale.prompts) {
        const base = { ...choice, method, maxTokens: 60 };
        a += (
          await decode(scale.on, scale.draft, p.target, p.text, {
            ...base,
            layers: [scale.on.info.layers - 1],
          })
        ).wallMs;
        b += (await decode(scale.off, scale.draft, p.target, p.text, { ...base, layers: [] })).wallMs;
      }
      values.push(a / b);
    }
    ratios.push(fixed(median(values)));
  }
  row(scale.name, ...ratios);
}

console.log('\n3. Recording everything (tokens, trees, attention) into SQLite on against off (aim: <= 1.05)');
row('', 'plain', 'its CPU', 'chain 5', 'its CPU');
const recorder = new Recorder();
for (const scale of scales) {
  const ratios: string[] = [];
  for (const method of scale.draft ? [{ name: 'ar' } as const, chain] : [{ name: 'ar' } as const]) {
    const wall: number[] = [];
    const cpu: number[] = [];
    for (let i = 0; i < repeats; i++) {
      let on = { wallMs: 0, cpuMs: 0 };
      let without = { wallMs: 0, cpuMs: 0 };
      for (const p of scale.prompts) {
        const how = { ...choice, method, maxTokens: 60, layers: [scale.on.info.layers - 1] };
        const run = (onRecord?: (record: RoundRecord) => void) =>
          decode(scale.on, scale.draft, p.target, p.text, how, onRecord);
        on = added(on, await recorder.time(run));
        without = added(without, await run());
      }
      wall.push(on.wallMs / without.wallMs);
      cpu.push(on.cpuMs / without.cpuMs);
    }
    ratios.push(fixed(median(wall)), fixed(median(cpu)));
  }
  row(scale.name, ...ratios);
}
recorder.close();

console.log(
  "\n4. llama.cpp's own speculative example against our loop, text prompts, chains of 5 (aim: >= 1.0)",
);
row('', 'time ratio', 'rounds ours', 'theirs');
{
  const ratios: number[] = [];
  let ours = 0;
  let theirs = 0;
  for (let i = 0; i < repeats; i++) {
    let a = 0;
    let b = 0;
    ours = 0;
    theirs = 0;
    for (const p of prompts) {
      const text = p.text.map((part) => ('text' in part ? part.text : '')).join('');
      const reference = llamaSpeculative({ target: targetFile, draft: draftFile }, text, 5, 200);
      const speculate = () =>
        decode(plainTarget, draft, p.text, p.text, { ...choice, method: chain, layers: [] });
      // llama.cpp's example warms its models up just before it starts its clock; so do we.
      await speculate();
      const mine = await speculate();
      a += reference.seconds * 1000;
      b += mine.wallMs;
      theirs += reference.tokens - reference.accepted;
      ours += mine.rounds.length;
    }
    ratios.push(a / b);
  }
  row('llama.cpp / Specula', fixed(median(ratios)), String(ours), String(theirs));
}

console.log('\n5. Opening a stored run of 500 rounds (aim: <= 200 ms)');
const home = mkdtempSync(join(tmpdir(), 'specula-bench-'));
const storage = openStorage(home);
const runId = await storedRun(storage, target, prompts[0], 500);
const opening: number[] = [];
for (let i = 0; i < repeats; i++) {
  const begin = performance.now();
  const opened = storage.runs.open(runId);
  JSON.stringify(opened);
  opening.push(performance.now() - begin);
}
row('open and serialise, ms', median(opening).toFixed(1));
storage.close();
rmSync(home, { recursive: true, force: true });

console.log('\n6. Memory with the built-in models after one run (aim: <= 400 MB together)');
const memory = await measureMemory();
row('server, MB', memory.server.toFixed(0));
row('engine, MB', memory.engine.toFixed(0));
row('together, MB', (memory.server + memory.engine).toFixed(0));
process.exit(0);
