import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { UsageError } from '../../../src-main/cli/exit.ts';
import { addRunOptions, type RunOptions } from '../../../src-main/cli/run-options.ts';
import { runSpec } from '../../../src-main/cli/run-spec.ts';
import { printable } from '../../../src-main/cli/terminal.ts';
import { typedCall } from '../../../src-main/rpc/dispatch.ts';
import { root } from '../../../src-main/serve.ts';
import { openStorage } from '../../../src-main/storage/storage.ts';
import { openCatalogs } from '../../../src-main/workbench.ts';
import { required } from '../../../src-shared/domain/assert.ts';
import { roundRecordSchema } from '../../../src-shared/domain/round.ts';
import { answersOf } from '../../fixtures/answers.ts';
import { fixtureModels } from '../../fixtures/gguf/index.ts';
import { builtIn, builtInFolder, samplesWith } from '../../fixtures/samples.ts';
import { asFloat32 } from '../../unit/storage/records.ts';
import { specula, start } from './specula.ts';

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'specula-cli-'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const cpu = ['--gpu', 'cpu', '--threads', '1'];

test('help and version are answers, wrong use ends with 2 and says what to do', async () => {
  const help = await specula(home, '--help');
  expect(help).toMatchObject({ code: 0, err: '' });
  for (const command of [
    'run',
    'evaluate',
    'calibrate',
    'serve',
    'models',
    'samples',
    'runs',
    'SPECULA_HOME',
    'Exit codes',
  ]) {
    expect(help.out).toContain(command);
  }
  const runHelp = await specula(home, 'run', '--help');
  expect(runHelp).toMatchObject({ code: 0, err: '' });
  expect(runHelp.out).toContain('Examples:');
  const wrong = await specula(home, 'run', '--sample', 's', '--method', 'ar', '--chain', '2');
  expect(wrong).toMatchObject({ code: 2, out: '' });
  expect(wrong.err).toBe(
    'specula: --chain belongs to --method draft-model, medusa, eagle, eagle2, eagle3, msd, vispec, recycling, not to ar.\n',
  );
  const missing = await specula(home, 'run');
  expect(missing).toMatchObject({ code: 2, out: '' });
  expect(missing.err).toContain("required option '--sample <id>'");
});

test('ids and folders that do not exist are wrong use, told with those that do', async () => {
  const { storage, models, dataSets } = openCatalogs({ home, root });
  const call = typedCall(async (name) => ({
    kind: 'result',
    output: name === 'models.list' ? await models.list() : await dataSets.list(),
  }));
  const spec = (...args: string[]) => {
    const command = addRunOptions(new Command('run')).parse(['--sample', 's', ...args], { from: 'user' });
    return runSpec(command.opts<RunOptions>(), call);
  };
  await expect(spec('--target', 'nope')).rejects.toThrow('--target nope is neither a file nor a known model');
  await expect(spec('--data-set', 'nope')).rejects.toThrow(
    '--data-set nope is neither a folder nor a known data set (builtin',
  );
  await expect(spec('--gate', 'paper', '--capture', 'none')).rejects.toThrow(
    'The gate (paper) reads attention',
  );
  await expect(spec('--target', 'nope')).rejects.toThrow(UsageError);
  expect(await spec('--method', 'pld')).toMatchObject({
    dataSetId: builtIn,
    target: 'specula-tiny-target',
    projector: 'specula-tiny-mmproj',
    draft: null,
  });
  storage.close();
});

test('failures end with 1 and one line on stderr', async () => {
  const missing = await specula(home, 'run', '--sample', 'nope');
  expect(missing).toMatchObject({ code: 1, out: '' });
  expect(missing.err).toMatch(/^specula: The data set builtin has no sample nope\. .*\n$/);
  const text = join(home, 'text.gguf');
  writeFileSync(text, 'no model');
  const model = await specula(home, 'models', 'add', text);
  expect(model).toMatchObject({ code: 1, out: '' });
  expect(model.err).toContain(text);
});

test('samples and models are listed, for people and for programs', async () => {
  const samples = await specula(home, 'samples', '--topic', 'general vqa');
  expect(samples.code).toBe(0);
  expect(samples.out).toContain('specula_001');
  const json = await specula(home, 'samples', '--json');
  expect(JSON.parse(json.out.split('\n')[0] ?? '')).toMatchObject({
    dataSetId: builtIn,
    id: 'specula_001',
  });
  const models = await specula(home, 'models', '--json');
  const files = models.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(files).toContainEqual({
    file: expect.objectContaining({ id: 'specula-tiny-target', problem: null }),
  });
});

test('a run prints its answer and its numbers, and is in the database', async () => {
  const { code, out, err } = await specula(home, 'run', '--sample', 'specula_001', '--chain', '4', ...cpu);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  // no terminal: no styles
  expect(out).not.toContain('\u001b');
  const id = /^run +(\S+) +done$/m.exec(out)?.[1] ?? '';
  const storage = openStorage(home);
  const run = storage.runs.open(id);
  storage.close();
  expect(run?.summary).toMatchObject({
    status: 'done',
    spec: { method: { shape: { kind: 'chain', length: 4 } } },
  });
  expect(out).toContain(`in ${run?.rounds.length} rounds`);
  const [sample] = await samplesWith(({ id: own }) => own === 'specula_001');
  const [answer = ''] = answersOf(required(run, 'the run'));
  expect(answer).toMatch(/\w+ \w+/);
  expect(out).toContain(`> ${sample.turns[0]}\n${printable(answer)}\n`);
  expect((await specula(home, 'runs')).out).toContain(id);
});

test('with --json every line is an object, and the last one the result', async () => {
  const { code, out } = await specula(
    home,
    'run',
    '--sample',
    'specula_002',
    '--method',
    'ar',
    '--json',
    ...cpu,
  );
  expect(code).toBe(0);
  const lines = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const rounds = lines.filter((line) => line.event === 'run.round');
  const result = lines.at(-1);
  expect(result).toMatchObject({
    event: 'result',
    data: { summary: { status: 'done', totals: { rounds: rounds.length } }, metrics: { mat: 1 } },
  });
  // Every round told the bytes of its tokens; together they are the answer.
  const pieces = new Map<number, string>(
    rounds.flatMap(({ data }) => data.record.pieces).map(({ id, bytes }) => [id, bytes]),
  );
  const bytes = rounds
    .flatMap(({ data }) => data.record.tokens)
    .map(({ id }) => Buffer.from(required(pieces.get(id), `the bytes of token ${id}`), 'base64'));
  expect(result.data.answers).toEqual([Buffer.concat(bytes).toString()]);
  expect(result.data.answers[0]).toMatch(/\w+ \w+/);
});

test('export writes the lines of run --json from the database', async () => {
  const { out } = await specula(home, 'run', '--sample', 'specula_002', '--json', ...cpu);
  const lines = (text: string) =>
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  const live = lines(out);
  const exported = await specula(home, 'export', 'last');
  expect(exported).toMatchObject({ code: 0, err: '' });
  const kept = lines(exported.out);
  const turns = kept.filter(({ event }) => event === 'run.turn').map(({ data }) => data.turn);
  // While decoding, a turn is told at its start and at its end.
  expect(live.filter(({ event }) => event === 'run.turn').at(-1)?.data.turn).toEqual(turns.at(-1));
  const rounds = (all: typeof kept) => all.filter(({ event }) => event === 'run.round');
  // The database keeps trees in single precision.
  expect(asFloat32(rounds(kept))).toEqual(asFloat32(rounds(live)));
  expect(kept.at(-1)).toEqual(live.at(-1));
  for (const { data } of rounds(kept)) roundRecordSchema.parse(data.record);

  const file = join(home, 'trace.jsonl');
  const { id } = live.at(-1).data.summary;
  expect((await specula(home, 'export', id, 'last', '--out', file)).out).toBe(`2 runs in ${file}\n`);
  expect(readFileSync(file, 'utf8')).toBe(exported.out + exported.out);
  const again = await specula(home, 'export', id, '--out', file);
  expect(again).toMatchObject({ code: 2, err: expect.stringContaining('EEXIST') });
  expect(await specula(home, 'export', 'nothing')).toMatchObject({
    code: 2,
    out: '',
    err: expect.stringContaining('There is no run nothing'),
  });
});

test('a data set given as a folder, relative to where the user is', async () => {
  const folder = join(home, 'mine');
  symlinkSync(builtInFolder, folder);
  const args = [
    'run',
    '--sample',
    'specula_001',
    '--data-set',
    './mine',
    '--method',
    'ar',
    '--max-tokens',
    '3',
    ...cpu,
  ];
  expect(await start(home, args, home).done).toMatchObject({ code: 0, err: '' });
});

test('Ctrl+C stops a run, keeps it and ends with 130', async () => {
  // Random weights never end an answer by themselves.
  const { target, projector } = await fixtureModels();
  const endless = ['--target', target, '--projector', projector, '--method', 'ar', '--max-tokens', '3000'];
  const running = start(home, ['run', '--sample', 'specula_001', ...endless, ...cpu]);
  await running.outMatches(/> .*\n.{20}/s);
  running.child.kill('SIGINT');
  const { code, out } = await running.done;
  expect(code).toBe(130);
  const id = /^run +(\S+) +stopped: stopped by the user$/m.exec(out)?.[1] ?? '';
  const storage = openStorage(home);
  const run = storage.runs.open(id);
  storage.close();
  expect(run?.summary.status).toBe('stopped');
  expect(run?.rounds.length).toBeGreaterThan(0);
});

test('Ctrl+C while the engine starts keeps the run as stopped, too', async () => {
  const own = mkdtempSync(join(tmpdir(), 'specula-cli-early-'));
  const running = start(own, ['run', '--sample', 'specula_001', '--max-tokens', '3000', ...cpu]);
  const statuses = () => {
    const storage = openStorage(own);
    const all = storage.runs.list().map((run) => run.status);
    storage.close();
    return all;
  };
  while (statuses().length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  running.child.kill('SIGINT');
  expect((await running.done).code).toBe(130);
  expect(statuses()).toEqual(['stopped']);
  rmSync(own, { recursive: true, force: true });
});

test('serve prints an address that works, and ends in order', async () => {
  const running = start(home, ['serve', '--port', '0', '--no-open']);
  await running.outMatches(/http:\/\/\S+\s/);
  const url = /http:\/\/\S+/.exec(running.out())?.[0] ?? '';
  const first = await fetch(url, { redirect: 'manual' });
  expect(first.status).toBe(303);
  const cookie = first.headers.get('set-cookie')?.split(';')[0] ?? '';
  const origin = new URL(url).origin;
  const page = await fetch(origin, { headers: { cookie } });
  expect(await page.text()).toContain('<title>Specula</title>');
  const image = await fetch(`${origin}/image/${builtIn}/specula_001?size=thumb`, { headers: { cookie } });
  expect(image.headers.get('content-type')).toBe('image/webp');
  expect((await fetch(origin)).status).toBe(401);
  running.child.kill('SIGINT');
  expect((await running.done).code).toBe(0);
  const refused = await specula(home, 'serve', '--host', '0.0.0.0');
  expect(refused.code).toBe(1);
  expect(refused.err).toContain('Refused to listen on 0.0.0.0');
});
