import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { benchReport } from '../../../src-main/bench/report.ts';
import { root } from '../../../src-main/serve.ts';
import { openStorage } from '../../../src-main/storage/storage.ts';
import { openCatalogs } from '../../../src-main/workbench.ts';
import { cellOf } from '../../../src-shared/domain/bench.ts';
import { readLines } from '../../../src-shared/formats/mmspec/lines.ts';
import { specula } from './specula.ts';

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'specula-bench-'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const folder = (name: string): string => join(home, name);
const options = [
  ...['--method', 'pld:ngram=2', '--method', 'draft-model:chain=3', '--gate', 'off', '--gate', 'probe:0.2'],
  ...['--limit', '2', '--max-tokens', '10', '--warm-up', '0', '--resamples', '100'],
];
const cpu = ['--gpu', 'cpu', '--threads', '1'];

/** What a bench has measured, but for times and ids. */
function rowsOf(own: string) {
  const storage = openStorage(own);
  try {
    const [bench, ...more] = storage.benches.list();
    if (bench === undefined || more.length > 0) throw new Error('not one bench');
    const cells = [...storage.benches.cells(bench.id)].sort(([a], [b]) => a - b);
    const rows = cells.map(([number, { runId, status }]) => {
      const run = storage.runs.open(runId);
      return {
        ...cellOf(bench.plan, number),
        status,
        tokens: run?.tokens.map(({ turn, index, id, origin }) => [turn, index, id, origin]),
        rounds: run?.rounds.map(({ drafted, accepted, noDraft, gate }) => [
          drafted,
          accepted,
          noDraft,
          gate.hit,
        ]),
      };
    });
    return { hash: bench.planHash, rows, runs: storage.runs.list().length };
  } finally {
    storage.close();
  }
}

/** Many processes, one after another. */
const slow = { timeout: 600_000 };

test('plain decoding is measured too, and drafts give its answers', slow, async () => {
  const whole = await specula(folder('whole'), 'bench', ...options, ...cpu);
  expect(whole.code).toBe(0);
  expect(whole.out).toMatch(/^draft-model chain 3 .* all 2$/m);
  const { rows } = rowsOf(folder('whole'));
  expect(rows).toHaveLength(10);
  expect(rows.every(({ status }) => status === 'done')).toBe(true);
});

test('a bench that was killed and resumed has the same rows', slow, async () => {
  // Killed within the first run, in the middle, and near the end; each time the engine goes with it.
  const killed = folder('killed');
  await killAfter(killed, ['bench', ...options, ...cpu], 2);
  for (const rounds of [25, 70]) await killAfter(killed, ['bench', 'resume', 'last'], rounds);
  const resumed = await specula(killed, 'bench', 'resume', 'last');
  expect(resumed.code).toBe(0);
  expect(rowsOf(killed)).toEqual(rowsOf(folder('whole')));
  // Nothing is left to do.
  expect((await specula(killed, 'bench', 'resume', 'last')).err).toContain(': 0 runs, 10 are done already');
});

test('a bench that was divided and merged has the same rows', slow, async () => {
  for (const shard of ['1/2', '2/2']) {
    const part = folder(`shard${shard[0]}`);
    expect((await specula(part, 'bench', ...options, '--shard', shard, ...cpu)).code).toBe(0);
    expect((await specula(folder('merged'), 'merge', part)).code).toBe(0);
  }
  expect(rowsOf(folder('merged'))).toEqual(rowsOf(folder('whole')));
});

/** Ends the command with SIGKILL once the database has so many rounds; true: it was killed before its end. */
async function killAfter(own: string, args: readonly string[], rounds: number): Promise<void> {
  const child = spawn(process.execPath, [join(root, 'src-main', 'cli.ts'), ...args], {
    env: { ...process.env, SPECULA_HOME: own, NODE_ENV: 'production' },
    stdio: 'ignore',
  });
  const exited = once(child, 'exit');
  while (roundsIn(own) < rounds) {
    if (child.exitCode !== null) throw new Error(`it ended before ${rounds} rounds`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  child.kill('SIGKILL');
  expect(await exited).toEqual([null, 'SIGKILL']);
}

function roundsIn(own: string): number {
  const file = join(own, 'specula.db');
  if (!existsSync(file)) return 0;
  try {
    const db = new Sqlite(file, { readonly: true });
    try {
      return db.prepare<[], { n: number }>('SELECT count(*) AS n FROM rounds').get()?.n ?? 0;
    } finally {
      db.close();
    }
  } catch {
    // It is just being made.
    return 0;
  }
}

test('the report is what the rounds add up to', async () => {
  const catalogs = openCatalogs({ home: folder('whole'), root });
  const { storage } = catalogs;
  const [bench] = storage.benches.list();
  if (bench === undefined) throw new Error('no bench');
  const report = await benchReport(bench, catalogs, { seed: 1, resamples: 100, level: 0.95 });
  expect(report).toMatchObject({ total: 10, done: 10, failed: 0 });
  const cells = [...storage.benches.cells(bench.id)];
  const runsOf = (configuration: number) =>
    cells
      .filter(([number]) => cellOf(bench.plan, number).configuration === configuration)
      .map(([, { runId }]) => storage.runs.open(runId))
      .filter((run) => run !== null);
  const timesOf = (configuration: number) =>
    new Map(
      runsOf(configuration).map((run) => {
        const { encode, decode, draft } = run.turns[0]?.prefillMs ?? { encode: 0, decode: 0, draft: 0 };
        const rounds = run.rounds.reduce(
          (sum, { ms }) => sum + ms.draft + ms.verify + ms.capture + ms.other,
          0,
        );
        return [
          run.summary.spec.sampleId,
          { tokens: run.tokens.length, ms: encode + decode + draft + rounds },
        ];
      }),
    );
  for (const { topic, configuration, summary } of report.rows) {
    if (topic !== null) continue;
    const runs = runsOf(configuration);
    const rounds = runs.flatMap((run) => run.rounds);
    const tokens = runs.flatMap((run) => run.tokens);
    const drafts = rounds.filter(({ drafted }) => drafted > 0);
    expect(summary.newTokens).toBe(tokens.length);
    expect(summary.newTokens).toBe(rounds.reduce((sum, { accepted }) => sum + accepted + 1, 0));
    expect(summary.mat.value).toBeCloseTo(tokens.length / rounds.length, 12);
    const zero = drafts.filter(({ accepted }) => accepted === 0).length;
    expect(summary.zeroAccept).toBe(drafts.length === 0 ? null : zero / drafts.length);
    expect(summary.acceptedHistogram.reduce((a, b) => a + b, 0)).toBe(rounds.length);
    if (configuration === 0) continue;
    const [own, plain] = [timesOf(configuration), timesOf(0)];
    const ratios = [...own].map(([sample, { tokens: n, ms }]) => {
      const other = plain.get(sample);
      return n / ms / ((other?.tokens ?? 0) / (other?.ms ?? 1));
    });
    expect(summary.speedup?.paired.value).toBeCloseTo(ratios.reduce((a, b) => a + b, 0) / ratios.length, 9);
    expect(summary.identity).toEqual({ compared: 2, differing: 0, first: null });
    const { gate } = bench.plan.configurations[configuration] ?? {};
    expect(summary.gate === null).toBe(gate?.mode === 'off');
  }
  storage.close();
});

test('the result files of MMSpec have the same sums, and come back as runs', async () => {
  const results = join(home, 'results', 'mmspec_builtin');
  expect((await specula(folder('whole'), 'bench', 'report', 'last', '--mmspec', results)).code).toBe(0);
  const [target = ''] = readdirSync(results);
  const files = readdirSync(join(results, target)).sort();
  expect(files).toContain('baseline-temperature-0.jsonl');
  expect(files).toHaveLength(5);
  const rows = rowsOf(folder('whole')).rows;
  let tokens = 0;
  for (const file of files) {
    for (const line of readLines(readFileSync(join(results, target, file), 'utf8'))) {
      if ('problem' in line) throw new Error(line.problem);
      const [choice] = line.record.choices;
      tokens += choice?.new_tokens.reduce((a, b) => a + b, 0) ?? 0;
      if (file.startsWith('baseline')) expect(choice?.acceptance_length).toBeUndefined();
      else {
        const lists = choice?.acceptance_length ?? [];
        const counted = lists.flat().reduce((sum, accepted) => sum + accepted + 1, 0);
        expect(counted).toBe(choice?.new_tokens.reduce((a, b) => a + b, 0));
      }
    }
  }
  expect(tokens).toBe(rows.reduce((sum, row) => sum + (row.tokens?.length ?? 0), 0));
  const baseline = join(results, target, 'baseline-temperature-0.jsonl');
  const imported = await specula(folder('whole'), 'import', baseline, '--data-set', 'builtin');
  expect(imported.out).toContain('2 runs of baseline added');
  expect((await specula(folder('whole'), 'runs')).out).toContain('imported, baseline-temperature-0.jsonl');
});

test('wrong use is told with what there is', async () => {
  const cases: [string[], string][] = [
    [['--method', 'nope'], 'Allowed choices are'],
    [['--method', 'pld:chain=3'], '--chain belongs to'],
    [['--method', 'pld:max-tokens=3'], 'Give it to the whole bench'],
    [['--gate', 'paper', '--capture', 'none'], 'capture at least the score'],
    [['--shard', '3/2'], 'Give i/n'],
    [['--topic', 'nope'], 'There are: '],
    [['resume', 'bench-x'], 'There is no bench bench-x'],
  ];
  for (const [args, text] of cases) {
    const { code, err } = await specula(folder('wrong'), 'bench', ...args);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(text) });
  }
});
