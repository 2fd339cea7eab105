import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { importFiles } from '../../../src-main/cli/import.ts';
import type { Terminal } from '../../../src-main/cli/terminal.ts';
import { root } from '../../../src-main/serve.ts';
import { openStorage, type Storage } from '../../../src-main/storage/storage.ts';
import { openCatalogs } from '../../../src-main/workbench.ts';
import { type BenchPlan, cellsInOrder } from '../../../src-shared/domain/bench.ts';
import { autoEngine, greedy } from '../../../src-shared/domain/run.ts';
import { sampleLines } from '../../unit/formats/sample-lines.ts';
import { fingerprint, makeRecord, sample, spec, turn } from '../../unit/storage/records.ts';
import { temporaryFolder } from './temp.ts';

function quiet(): Terminal & { readonly text: () => string } {
  let text = '';
  const add = (more: string): void => {
    text += more;
  };
  return { out: add, err: add, styled: false, coloured: false, interactive: false, text: () => text };
}

test('the sample records of MMSpec are imported once, flagged, with their quirks undone', async () => {
  const folder = join(temporaryFolder(), 'results', 'LLaVA-1.5-7B', 'mmspec_test');
  mkdirSync(folder, { recursive: true });
  const paths = ['baseline', 'eagle', 'msd'].map((method, i) => {
    const path = join(folder, `${method}-temperature-0.jsonl`);
    writeFileSync(path, `${sampleLines[i]}\n`);
    return path;
  });
  const catalogs = openCatalogs({ home: temporaryFolder(), root });
  const terminal = quiet();
  expect(await importFiles(paths, {}, catalogs, terminal)).toBe(0);
  expect(terminal.text()).toContain('msd-idx-off-by-one');
  const runs = new Map(catalogs.storage.runs.list().map((run) => [run.spec.method.name, run]));
  expect([...runs.keys()].sort()).toEqual(['ar', 'eagle', 'msd']);
  for (const run of runs.values()) {
    expect(run).toMatchObject({
      status: 'done',
      spec: { target: 'LLaVA-1.5-7B' },
      source: { kind: 'imported' },
    });
    expect(catalogs.storage.runs.open(run.id)).toMatchObject({ rounds: [], tokens: [] });
  }
  // the token after the end of text is taken off, as the baseline shows
  expect(runs.get('eagle')?.totals).toMatchObject({ newTokens: 8, rounds: 5, accepted: 3 });
  expect(runs.get('msd')?.totals).toMatchObject({ newTokens: 430, rounds: 101, accepted: 329 });
  expect(runs.get('ar')?.source).toMatchObject({ method: 'baseline', wallMs: expect.closeTo(324.414, 3) });

  expect(await importFiles(paths, {}, catalogs, terminal)).toBe(0);
  expect(terminal.text()).toContain('0 runs of msd added, 1 were there already');
  expect(catalogs.storage.runs.list()).toHaveLength(3);
  await expect(importFiles([join(folder, 'x.jsonl')], {}, catalogs, terminal)).rejects.toThrow('Rename it');
  catalogs.storage.close();
});

const plan = (index: number, of: number): BenchPlan => {
  const { target, projector, draft, draftProjector, gate, method } = spec;
  const common = { target, projector, draftProjector, gate };
  return {
    version: 1,
    dataSet: { id: 'builtin', name: 'b', hash: 'h' },
    samples: ['s1', 's2', 's3'],
    configurations: [
      { ...common, draft: null, method: { name: 'ar' } },
      { ...common, draft, method },
    ],
    repeats: 2,
    seed: 1,
    warmUp: 0,
    sampling: greedy,
    maxTokens: 8,
    systemPrompt: null,
    capture: { layers: 'last' },
    engine: autoEngine,
    models: {},
    shard: { index, of },
  };
};

/** Fills the cells of a shard with runs; their rounds tell sample and configuration. */
function fill(storage: Storage, own: BenchPlan, statuses: readonly ('done' | 'failed')[] = ['done']): string {
  const bench = storage.benches.create('bench', own, 'hash');
  for (const [i, cell] of cellsInOrder(own).entries()) {
    const writer = storage.benches.begin(
      bench.id,
      cell.number,
      { ...spec, sampleId: cell.sampleId },
      {
        ...sample,
        id: cell.sampleId,
      },
    );
    writer.fingerprint(fingerprint);
    writer.turn(turn);
    for (let round = 0; round <= cell.number; round++) writer.round(makeRecord(round, 4, 2, 4));
    writer.end(statuses[i % statuses.length] ?? 'done', null);
  }
  return bench.id;
}

function cellsOf(storage: Storage, id: string) {
  return [...storage.benches.cells(id)]
    .sort(([a], [b]) => a - b)
    .map(([cell, { runId, status }]) => {
      const run = storage.runs.open(runId);
      const trees = run?.rounds.map(({ index }) => storage.runs.round(runId, index)?.tree.tokens);
      return {
        cell,
        status,
        sample: run?.summary.spec.sampleId,
        tokens: run?.tokens,
        trees,
        heads: run?.rounds.map(({ index }) => storage.runs.heads(runId, index, 23)?.data),
        turns: run?.turns,
      };
    });
}

test('shards that are merged are the bench that was never divided', () => {
  const whole = openStorage(temporaryFolder());
  const expected = cellsOf(whole, fill(whole, plan(1, 1)));
  const [first, second, all] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
  for (const [i, home] of [first, second].entries()) {
    const storage = openStorage(home);
    fill(storage, plan(i + 1, 2));
    storage.close();
  }
  const storage = openStorage(all);
  expect(storage.merge(first)).toEqual({ runs: 8, known: 0, live: 0, cells: 8 });
  expect(storage.merge(join(second, 'specula.db'))).toEqual({ runs: 4, known: 0, live: 0, cells: 4 });
  const [bench, ...more] = storage.benches.list();
  expect(more).toEqual([]);
  expect(bench?.plan.shard).toEqual({ index: 1, of: 1 });
  expect(cellsOf(storage, bench?.id ?? '')).toEqual(expected);
  // again: nothing comes twice
  expect(storage.merge(first)).toEqual({ runs: 0, known: 8, live: 0, cells: 0 });
  expect(cellsOf(storage, bench?.id ?? '')).toEqual(expected);
  whole.close();
  storage.close();
});

test('a run that is done comes in the place of one that failed, and never the other way round', () => {
  const [good, bad] = [temporaryFolder(), temporaryFolder()];
  const source = openStorage(good);
  fill(source, plan(1, 1));
  source.close();
  const storage = openStorage(bad);
  const id = fill(storage, plan(1, 1), ['done', 'failed']);
  const kept = [...storage.benches.cells(id)].filter(([, { status }]) => status === 'done');
  expect(storage.merge(good).cells).toBe(6);
  const after = storage.benches.cells(id);
  expect([...after.values()].every(({ status }) => status === 'done')).toBe(true);
  for (const [cell, { runId }] of kept) expect(after.get(cell)?.runId).toBe(runId);
  storage.close();
});

test('what is no database of this version is refused with what to do', () => {
  const storage = openStorage(temporaryFolder());
  const other = join(temporaryFolder(), 'text.db');
  writeFileSync(other, 'no database at all, only some text that is long enough to be looked at as one');
  expect(() => storage.merge(other)).toThrow(`${other} is no database of Specula`);
  expect(() => storage.merge(join(temporaryFolder(), 'nothing'))).toThrow('does not exist');
  expect(storage.runs.list()).toEqual([]);
  storage.close();
});
