import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addBenchOptions, type BenchOptions } from '../../../src-main/cli/bench-options.ts';
import { benchPlan } from '../../../src-main/cli/bench-plan.ts';
import { UsageError } from '../../../src-main/cli/exit.ts';
import { root } from '../../../src-main/serve.ts';
import { type Catalogs, openCatalogs } from '../../../src-main/workbench.ts';
import { type BenchPlan, benchPlanSchema } from '../../../src-shared/domain/bench.ts';

let home: string;
let catalogs: Catalogs;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'specula-bench-plan-'));
  catalogs = openCatalogs({ home, root });
});
afterAll(() => {
  catalogs.storage.close();
  rmSync(home, { recursive: true, force: true });
});

function planned(...args: string[]): ReturnType<typeof benchPlan> {
  const command = addBenchOptions(new Command('bench'));
  return benchPlan(command.parse(args, { from: 'user' }).opts<BenchOptions>(), catalogs);
}

const labels = ({ configurations }: BenchPlan) =>
  configurations.map(({ method, gate }) => `${method.name} ${gate.mode}`);

test('plain decoding comes first and once, then every method with every gate', async () => {
  const { plan, name, planHash } = await planned(
    ...[
      '--method',
      'pld',
      '--method',
      'draft-model',
      '--method',
      'pld',
      '--gate',
      'off',
      '--gate',
      'paper:0.4',
    ],
    ...['--limit', '7', '--repeats', '3'],
  );
  expect(benchPlanSchema.parse(plan)).toEqual(plan);
  expect(labels(plan)).toEqual(['ar off', 'pld off', 'pld paper', 'draft-model off', 'draft-model paper']);
  expect(new Set(plan.configurations.map(({ target }) => target)).size).toBe(1);
  expect(plan.configurations.map(({ draft }) => draft !== null)).toEqual([false, false, false, true, true]);
  const used = plan.configurations.flatMap((c) => [c.target, c.projector, c.draft].flatMap((id) => id ?? []));
  expect(Object.keys(plan.models).sort()).toEqual([...new Set(used)].sort());
  expect(name).toContain('pld');
  expect((await planned('--method', 'pld', '--limit', '7')).planHash).not.toBe(planHash);
});

test('samples are chosen by topic and shared out among the topics', async () => {
  const { samples } = await catalogs.dataSets.loaded('builtin');
  const topics = [...new Set(samples.map(({ topic }) => topic))];
  const [first = ''] = topics;
  const { plan } = await planned('--limit', String(topics.length));
  expect(new Set(plan.samples.map((id) => samples.find((each) => each.id === id)?.topic)).size).toBe(
    topics.length,
  );
  const one = await planned('--topic', first);
  expect(one.plan.samples).toEqual(samples.filter(({ topic }) => topic === first).map(({ id }) => id));
});

test.each([
  [['--topic', 'weather'], 'No sample has the topic "weather"'],
  [['--sample', 'nobody'], 'no sample nobody'],
  [['--sample', 'specula_001', '--shard', '1/2'], '1 samples cannot be divided into 2 parts'],
  [['--gate', 'paper', '--capture', 'none'], 'attention is switched off'],
  [['--gate', 'oracle', '--temperature', '1'], 'set the temperature to 0'],
  [['--target', 'a', '--target', 'b', '--draft', 'c'], '--draft fits one only'],
  [['--data-set', 'nowhere'], 'neither a folder nor a known data set'],
  [['--target', 'nowhere'], 'nowhere'],
])('refuses %j', async (args, message) => {
  const asked = planned(...args);
  await expect(asked).rejects.toThrow(UsageError);
  await expect(asked).rejects.toThrow(message);
});
