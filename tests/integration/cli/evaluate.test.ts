import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { evaluate } from '../../../src-main/cli/evaluate.ts';
import { addEvaluateOptions, type EvaluateOptions } from '../../../src-main/cli/evaluate-options.ts';
import type { Terminal } from '../../../src-main/cli/terminal.ts';
import { root, version } from '../../../src-main/serve.ts';
import { openStorage } from '../../../src-main/storage/storage.ts';
import { openCatalogs } from '../../../src-main/workbench.ts';
import { fixtureModels } from '../../fixtures/gguf/index.ts';
import { builtInFolder, samplesWith } from '../../fixtures/samples.ts';
import { specula, start } from './specula.ts';

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'specula-evaluate-'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const cpu = ['--gpu', 'cpu', '--threads', '1'];

/** What the tests read of the written file. */
const writtenSchema = z.object({
  partial: z.string().nullable(),
  turns: z.array(
    z.object({
      sampleId: z.string(),
      turn: z.number(),
      answer: z.string(),
      exact: z.boolean(),
      right: z.boolean().nullable(),
      tokens: z.number(),
    }),
  ),
  fingerprint: z.object({ models: z.array(z.object({ role: z.string(), sha256: z.string() })) }),
  attention: z
    .object({ image: z.object({ n: z.number() }), other: z.object({ n: z.number() }), auc: z.number() })
    .nullable(),
  agreement: z
    .object({
      image: z.object({ n: z.number(), same: z.number() }),
      other: z.object({ n: z.number(), same: z.number() }),
      unasked: z.number(),
    })
    .nullable(),
});
const written = (file: string) => writtenSchema.parse(JSON.parse(readFileSync(file, 'utf8')));

test('the built-in samples are judged, and nothing is recorded', async () => {
  const json = join(home, 'built-in.json');
  const args = ['--limit', '6', '--max-tokens', '12', '--json', json, ...cpu];
  const { code, out, err } = await specula(home, 'evaluate', ...args);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^all +6 +\d+ +[\d.]+ % +[\d.]+ % +[\d.]+$/m);
  const { partial, turns, fingerprint } = written(json);
  expect(partial).toBeNull();
  expect(new Set(turns.map(({ sampleId }) => sampleId)).size).toBe(6);
  expect(turns.every(({ right, tokens }) => right !== null && tokens > 0 && tokens <= 12)).toBe(true);
  for (const { sha256 } of fingerprint.models) expect(out).toContain(sha256);
  const storage = openStorage(home);
  expect(storage.runs.list()).toEqual([]);
  storage.close();
});

test("a model's own answers as references are all exact, with and without drafts", async () => {
  const talks = await samplesWith(({ turns }) => turns.length > 1);
  const chosen = [...(await samplesWith(({ turns }) => turns.length === 1)).slice(0, 2), talks[0]];
  const folder = join(home, 'own');
  mkdirSync(join(folder, 'images'), { recursive: true });
  for (const { image } of chosen) cpSync(join(builtInFolder, 'images', image), join(folder, 'images', image));
  const jsonl = (name: string, rows: readonly object[]) =>
    writeFileSync(join(folder, name), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  jsonl('mmspec.jsonl', chosen);
  const without = await specula(home, 'evaluate', '--data-set', folder, ...cpu);
  expect(without).toMatchObject({ code: 1, out: '' });
  expect(without.err).toContain('Put an answers.jsonl beside its mmspec.jsonl');

  const first = join(home, 'first.json');
  const measure = (file: string, ...more: string[]) =>
    specula(home, 'evaluate', '--data-set', folder, '--max-tokens', '24', '--json', file, ...more, ...cpu);
  jsonl(
    'answers.jsonl',
    chosen.map(({ id, turns }) => ({ id, answers: turns.map(() => ({ text: '(no such answer)' })) })),
  );
  const wording = await measure(first);
  expect(wording.code).toBe(0);
  expect(wording.out).toContain('answers are compared by wording only');
  const answers = written(first).turns;
  expect(answers.some(({ exact }) => exact)).toBe(false);

  // The first character of each answer is marked.
  jsonl(
    'answers.jsonl',
    chosen.map(({ id }) => ({
      id,
      answers: answers
        .filter(({ sampleId }) => sampleId === id)
        .map(({ answer: text }) => ({ text, spans: [{ start: 0, end: 1 }] })),
    })),
  );
  const second = join(home, 'second.json');
  const plain = await measure(second, '--attention');
  expect(plain).toMatchObject({ code: 0, err: '' });
  expect(plain.out).toMatch(/^AUC [01]\.\d{3}$/m);
  const again = written(second);
  expect(again.turns.map(({ exact, tokens }) => ({ exact, tokens }))).toEqual(
    answers.map(({ tokens }) => ({ exact: true, tokens })),
  );
  expect(again.attention?.image.n).toBe(answers.length);
  expect(again.agreement).toBeNull();

  const third = join(home, 'third.json');
  expect(await measure(third, '--attention', '--agreement')).toMatchObject({ code: 0, err: '' });
  const drafted = written(third);
  expect(drafted.turns).toEqual(again.turns);
  expect(drafted.attention?.other.n).toBe(again.attention?.other.n);
  const { image, other, unasked } = drafted.agreement ?? { image: null, other: null, unasked: 0 };
  // The first token of an answer comes with the prompt, where nothing is drafted.
  expect(image).toEqual({ n: 0, same: 0 });
  expect(unasked).toBeGreaterThanOrEqual(answers.length);
  expect((other?.n ?? 0) + unasked).toBe(answers.length + (again.attention?.other.n ?? 0));
});

test('Ctrl+C before the first answer ends with 130 and says that nothing was measured', async () => {
  const json = join(home, 'nothing.json');
  // Random weights never end an answer by themselves.
  const { target, projector } = await fixtureModels();
  const endless = ['--target', target, '--projector', projector, '--max-tokens', '1500', '--json', json];
  const running = start(home, ['evaluate', ...endless, ...cpu]);
  while (!existsSync(json)) await new Promise((resolve) => setTimeout(resolve, 5));
  running.child.kill('SIGINT');
  const { code, out, err } = await running.done;
  expect({ code, out }).toEqual({ code: 130, out: '' });
  expect(err).toContain('Nothing was measured');
  expect(JSON.parse(readFileSync(json, 'utf8'))).toMatchObject({ partial: 'stopped by the user', turns: [] });
});

/** Evaluates in this process, so that a test can act on what is shown meanwhile. */
async function inside(args: readonly string[], onProgress: (text: string, stop: () => void) => void) {
  const command = addEvaluateOptions(new Command('evaluate')).parse([...args, ...cpu], { from: 'user' });
  const catalogs = openCatalogs({ home, root });
  let [out, err, stop] = ['', '', (): void => {}];
  const terminal: Terminal = {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
      onProgress(text, stop);
    },
    styled: false,
    coloured: false,
    interactive: true,
  };
  const onInterrupt = (action: () => void): void => {
    stop = action;
  };
  try {
    const host = { catalogs, terminal, onInterrupt, home, version: version() };
    return { code: await evaluate(command.opts<EvaluateOptions>(), host), out, err };
  } finally {
    catalogs.storage.close();
  }
}

test('what was answered before Ctrl+C is printed, marked as partial', async () => {
  const { code, out } = await inside(['--topic', 'text vqa', '--max-tokens', '8'], (text, stop) => {
    if (text.includes('2 of 40 samples')) stop();
  });
  expect(code).toBe(130);
  expect(out).toMatch(/^PARTIAL: 2 of 40 samples; stopped by the user$/m);
  expect(out).toMatch(/^all +2 +2 /m);
});

test('a sample that cannot be answered is named, and the others are measured', async () => {
  const folder = join(home, 'broken');
  mkdirSync(join(folder, 'images'), { recursive: true });
  const [good] = await samplesWith(() => true);
  cpSync(join(builtInFolder, 'images', good.image), join(folder, 'images', good.image));
  writeFileSync(join(folder, 'images', 'broken.png'), 'no picture');
  const bad = { ...good, id: 'bad', image: 'broken.png' };
  const jsonl = (rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  writeFileSync(join(folder, 'mmspec.jsonl'), jsonl([bad, good]));
  const answers = good.turns.map(() => ({ text: 'x' }));
  writeFileSync(join(folder, 'answers.jsonl'), jsonl([bad, good].map(({ id }) => ({ id, answers }))));
  const { code, out, err } = await inside(['--data-set', folder, '--max-tokens', '8'], () => {});
  expect(code).toBe(1);
  expect(err).toMatch(/Sample bad was not answered: .*broken\.png/);
  expect(out).toMatch(/^all +1 +/m);
});

test('wrong use is told with what there is', async () => {
  const topic = await specula(home, 'evaluate', '--topic', 'nope');
  expect(topic).toMatchObject({ code: 2, out: '' });
  expect(topic.err).toContain('There are: general vqa');
  const file = await specula(home, 'evaluate', '--json', join(home, 'no', 'file.json'));
  expect(file).toMatchObject({ code: 2, out: '' });
  expect(file.err).toContain('cannot be written');
});
