import { existsSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { acceptanceRate, mat } from '#shared/metrics/totals.ts';
import { CorruptBlobError } from '../../../src-main/storage/errors.ts';
import { databaseFile } from '../../../src-main/storage/home.ts';
import { openStorage, type Storage } from '../../../src-main/storage/storage.ts';
import { asFloat32, fingerprint, makeRecord, sample, spec, turn } from '../../unit/storage/records.ts';
import { temporaryFolder } from './temp.ts';

function writeRun(storage: Storage, rounds: number): string {
  const writer = storage.runs.create(spec, sample);
  writer.fingerprint(fingerprint);
  writer.turn(turn);
  for (let i = 0; i < rounds; i++) writer.round(makeRecord(i));
  writer.turn({ ...turn, endedBy: 'max-tokens' });
  writer.end('done', null);
  return writer.summary.id;
}

test('a run opens again exactly as it was written', () => {
  const home = temporaryFolder();
  let storage = openStorage(home);
  const id = writeRun(storage, 12);
  storage.close();
  storage = openStorage(home);
  const run = storage.runs.open(id);
  if (run === null) throw new Error('the run is gone');
  const records = Array.from({ length: 12 }, (_, i) => makeRecord(i));
  expect(run.rounds).toEqual(records.map((r) => r.round));
  expect(run.tokens).toEqual(records.flatMap((r) => r.tokens));
  expect(run.pieces).toEqual(records.flatMap((r) => r.pieces));
  expect(run.turns).toEqual([{ ...turn, endedBy: 'max-tokens' }]);
  expect(run.summary).toMatchObject({ id, status: 'done', spec, fingerprint, topic: sample.topic });
  expect(run.summary.totals.prefillMs).toBe(55.5);
  expect(mat(run.summary.totals)).toBe(2);
  expect(acceptanceRate(run.summary.totals)).toBeCloseTo(12 / (12 * 29));
  for (const [i, record] of records.entries()) {
    expect(storage.runs.round(id, i)).toEqual(
      asFloat32({ tree: record.tree, attention: record.attention, headLayers: [23] }),
    );
  }
  expect(storage.runs.round(id, 12)).toBeNull();
  expect(storage.runs.open('none')).toBeNull();
  expect(storage.runs.list()).toEqual([run.summary]);
  storage.close();
});

test('maps of a layer come by rounds, and those of single heads in the same form', () => {
  const storage = openStorage(temporaryFolder());
  const writer = storage.runs.create(spec, sample);
  const { id } = writer.summary;
  const byteAt = (index: number, head: number, row: number, patch: number): number =>
    (index * 31 + head * 17 + row * 5 + patch) % 256;
  const heads = [0, 1, 2];
  const patches = [0, 1, 2, 3];
  for (let index = 0; index < 5; index++) {
    const record = makeRecord(index, 3, 2, patches.length);
    const rows = record.tokens.map((_, row) => row);
    const bytes = heads.flatMap((h) => rows.flatMap((row) => patches.map((p) => byteAt(index, h, row, p))));
    const frame = {
      layer: 7,
      heads: heads.length,
      rows: rows.length,
      patches: patches.length,
      scale: heads.flatMap((h) => rows.map((row) => h + row / 4)),
      data: Buffer.from(bytes).toString('base64'),
    };
    // Round 3 has no heads: it is left out where they are asked for.
    writer.round({ ...record, heads: index === 3 ? [] : [frame] });
    expect(storage.runs.heads(id, index, 7)).toEqual(index === 3 ? null : frame);
    expect(storage.runs.round(id, index)?.headLayers).toEqual(index === 3 ? [] : [7]);
  }
  const mean = storage.runs.maps(id, { layer: 23, head: null }, 1, 3);
  expect(mean.map(({ round }) => round)).toEqual([1, 2, 3]);
  for (const { round, frame } of mean) expect([frame]).toEqual(makeRecord(round, 3, 2, 4).attention);
  const second = storage.runs.maps(id, { layer: 7, head: 1 }, 0, 100);
  expect(second.map(({ round }) => round)).toEqual([0, 1, 2, 4]);
  for (const { round, frame } of second) {
    expect(frame.scale).toEqual(Array.from({ length: frame.rows }, (_, row) => 1 + row / 4));
    expect([...Buffer.from(frame.data, 'base64')]).toEqual(
      Array.from({ length: frame.rows }, (_, row) => patches.map((p) => byteAt(round, 1, row, p))).flat(),
    );
  }
  expect(storage.runs.maps(id, { layer: 7, head: 3 }, 0, 100)).toEqual([]);
  expect(storage.runs.maps(id, { layer: 22, head: null }, 0, 100)).toEqual([]);
  writer.takeBack(2, 0);
  expect(storage.runs.heads(id, 2, 7)).toBeNull();
  expect(storage.runs.maps(id, { layer: 7, head: 0 }, 0, 100).map(({ round }) => round)).toEqual([0, 1]);
  writer.end('done', null);
  storage.close();
});

test('a run of 500 rounds opens within 200 ms and lists do not read blobs', () => {
  const storage = openStorage(temporaryFolder());
  const id = writeRun(storage, 500);
  const start = performance.now();
  const run = storage.runs.open(id);
  const ms = performance.now() - start;
  expect(run?.rounds.length).toBe(500);
  expect(run?.tokens.length).toBe(999);
  expect(ms).toBeLessThan(200);
  storage.close();
});

test('a run counts for its sample until it is deleted, with all that hangs on it', () => {
  const home = temporaryFolder();
  const storage = openStorage(home);
  const ids = [writeRun(storage, 2), writeRun(storage, 3)];
  expect(storage.runs.countBySample('builtin')).toEqual(new Map([['sample_1', 2]]));
  expect(storage.runs.countBySample('other')).toEqual(new Map());
  storage.runs.delete(ids);
  expect(storage.runs.list()).toEqual([]);
  storage.close();
  const db = new Sqlite(databaseFile(home), { readonly: true });
  for (const table of [
    'samples',
    'turns',
    'rounds',
    'tokens',
    'pieces',
    'nodes',
    'attention',
    'head_attention',
  ]) {
    expect(db.prepare(`SELECT count(*) AS n FROM ${table}`).get(), table).toEqual({ n: 0 });
  }
  db.close();
});

test('a live run is neither deleted nor marked as crashed while its process lives', () => {
  const storage = openStorage(temporaryFolder());
  const writer = storage.runs.create(spec, sample);
  const { id } = writer.summary;
  writer.status('paused');
  expect(storage.runs.markCrashed()).toEqual([]);
  expect(() => storage.runs.delete([id])).toThrow(`Run ${id} is still live: stop it before deleting it.`);
  writer.end('stopped', 'stopped by the user');
  writer.end('crashed', 'too late');
  expect(storage.runs.summary(id)).toMatchObject({ status: 'stopped', reason: 'stopped by the user' });
  storage.runs.delete([id]);
  expect(storage.runs.summary(id)).toBeNull();
  storage.close();
});

test('two storages of one home see each other at work', () => {
  const home = temporaryFolder();
  const [a, b] = [openStorage(home), openStorage(home)];
  const writer = a.runs.create(spec, sample);
  writer.turn(turn);
  writer.round(makeRecord(0));
  expect(b.runs.markCrashed()).toEqual([]);
  expect(b.runs.open(writer.summary.id)?.rounds.length).toBe(1);
  a.close();
  // closed without an end, as by a crash: the other one notices
  expect(b.runs.markCrashed()).toEqual([writer.summary.id]);
  expect(b.runs.summary(writer.summary.id)?.status).toBe('crashed');
  b.close();
});

test('lock files of processes that were killed are swept away, those of living ones stay', () => {
  const home = temporaryFolder();
  const living = openStorage(home);
  const { id } = living.runs.create(spec, sample).summary;
  const [left, fresh] = ['left', 'fresh'].map((name) => join(home, 'owners', `${name}.lock`));
  if (left === undefined || fresh === undefined) throw new Error('no names');
  for (const file of [left, fresh]) writeFileSync(file, '');
  const old = new Date(Date.now() - 3_600_000);
  const locks = readdirSync(join(home, 'owners')).filter((name) => name.length > 20);
  for (const file of [left, ...locks.map((name) => join(home, 'owners', name))]) utimesSync(file, old, old);
  const other = openStorage(home);
  expect(existsSync(left)).toBe(false);
  expect(existsSync(fresh)).toBe(true);
  expect(other.runs.summary(id)?.status).toBe('running');
  other.close();
  living.close();
});

test('a record that cannot be written leaves nothing of itself behind', () => {
  const storage = openStorage(temporaryFolder());
  const writer = storage.runs.create(spec, sample);
  writer.round(makeRecord(0));
  const broken = makeRecord(1);
  expect(() => writer.round({ ...broken, tree: { ...broken.tree, margin: [] } })).toThrow('margin');
  expect(storage.runs.open(writer.summary.id)).toMatchObject({ summary: { totals: { rounds: 1 } } });
  writer.round(broken);
  expect(storage.runs.open(writer.summary.id)?.rounds.length).toBe(2);
  storage.close();
});

test('a damaged blob is named when its round is opened; the rest of the run stays readable', () => {
  const home = temporaryFolder();
  const storage = openStorage(home);
  const id = writeRun(storage, 3);
  const db = new Sqlite(databaseFile(home));
  db.prepare('UPDATE nodes SET tree = substr(tree, 1, 20) WHERE round = 1').run();
  db.close();
  expect(() => storage.runs.round(id, 1)).toThrow(CorruptBlobError);
  expect(() => storage.runs.round(id, 1)).toThrow(`The draft tree of round 1 of run ${id} cannot be read`);
  expect(storage.runs.round(id, 2)).not.toBeNull();
  expect(storage.runs.open(id)?.rounds.length).toBe(3);
  storage.close();
});

test('registered folders and files are kept once per path', () => {
  const { registry, close } = openStorage(temporaryFolder());
  const a = { id: 'a', name: 'A', folder: join('/data', 'a') };
  expect(registry.addDataSet(a)).toEqual(a);
  expect(registry.addDataSet({ id: 'b', name: 'B', folder: a.folder })).toEqual({ ...a, name: 'B' });
  expect(registry.dataSets()).toEqual([{ ...a, name: 'B' }]);
  expect(registry.removeDataSet('a')).toBe(true);
  expect(registry.removeDataSet('a')).toBe(false);
  expect(registry.addModel({ id: 'm', path: '/m.gguf' })).toEqual({ id: 'm', path: '/m.gguf' });
  expect(registry.addModel({ id: 'n', path: '/m.gguf' })).toEqual({ id: 'm', path: '/m.gguf' });
  expect(registry.models()).toEqual([{ id: 'm', path: '/m.gguf' }]);
  expect(registry.removeModel('m')).toBe(true);
  close();
});
