import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Fork } from '#shared/domain/fork.ts';
import type { RoundRecord } from '#shared/domain/round.ts';
import { addRound, emptyTotals } from '#shared/metrics/totals.ts';
import type { RunWriter } from '../../../src-main/storage/run-writer.ts';
import { openStorage, type Storage } from '../../../src-main/storage/storage.ts';
import { asFloat32, makeRecord, sample, spec, turn } from '../../unit/storage/records.ts';
import { temporaryFolder } from './temp.ts';

/** A round of the same place in every run, but with its own piece, so that one can tell whose it is. */
function ownRecord(index: number, mark: number): RoundRecord {
  const record = makeRecord(index, 4, 2, 4);
  const piece = { id: 1000 * mark + index, bytes: Buffer.from(`run ${mark}`).toString('base64') };
  return { ...record, round: { ...record.round, ms: { ...record.round.ms, draft: mark } }, pieces: [piece] };
}

const forkOf = (parent: string, round: number): Fork => ({
  parent,
  round,
  turn: 0,
  forced: null,
  changes: [],
});

function write(storage: Storage, fork: Fork | null, to: number, mark: number): RunWriter {
  const writer = storage.runs.create(spec, sample, fork);
  writer.turn({ ...turn, user: `asked by ${mark}` });
  for (let i = fork?.round ?? 0; i < to; i++) writer.round(ownRecord(i, mark));
  writer.turn({ ...turn, endedBy: 'max-tokens' });
  writer.end('done', null);
  return writer;
}

/** Whose rounds a run shows: the mark of each. */
const marks = (storage: Storage, id: string): number[] =>
  (storage.runs.open(id)?.rounds ?? []).map((round) => round.ms.draft);

test('a fork shows the rounds it shares and its own; its totals are those of its own', () => {
  const storage = openStorage(temporaryFolder());
  const parent = write(storage, null, 6, 1).summary.id;
  const writer = write(storage, forkOf(parent, 4), 9, 2);
  const { id } = writer.summary;
  const run = storage.runs.open(id);
  expect(marks(storage, id)).toEqual([1, 1, 1, 1, 2, 2, 2, 2, 2]);
  expect(run?.rounds.map((round) => round.index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  expect(run?.tokens).toEqual(Array.from({ length: 9 }, (_, i) => makeRecord(i, 4, 2, 4).tokens).flat());
  expect(run?.segments).toEqual([
    { runId: parent, from: 0, spec },
    { runId: id, from: 4, spec },
  ]);
  const own = [4, 5, 6, 7, 8].map((i) => ownRecord(i, 2).round).reduce(addRound, emptyTotals);
  expect(run?.summary).toMatchObject({ fork: forkOf(parent, 4), totals: { ...own, prefillMs: 55.5 } });
  for (const index of [0, 3, 4, 8]) {
    const { tree, attention } = makeRecord(index, 4, 2, 4);
    expect(storage.runs.round(id, index)).toEqual(asFloat32({ tree, attention, headLayers: [23] }));
  }
  expect(storage.runs.round(id, 9)).toBeNull();
  // Shown by both, so that every id of the shared rounds has its text.
  expect(run?.pieces.map((piece) => piece.id)).toEqual(expect.arrayContaining([1000, 1003, 2004, 2008]));
  expect(storage.runs.sample(id)).toEqual(sample);
  storage.close();
});

test('a turn that the fork continues is its own once it has begun, and has not ended before', () => {
  const storage = openStorage(temporaryFolder());
  const parent = write(storage, null, 6, 1).summary.id;
  const writer = storage.runs.create(spec, sample, forkOf(parent, 4));
  const { id } = writer.summary;
  expect(storage.runs.open(id)?.turns).toEqual([{ ...turn, user: 'asked by 1', endedBy: null }]);
  writer.turn({ ...turn, user: 'asked by 2' });
  expect(storage.runs.open(id)?.turns).toEqual([{ ...turn, user: 'asked by 2' }]);
  const next = storage.runs.create(spec, sample, { ...forkOf(parent, 6), turn: 1 });
  expect(storage.runs.open(next.summary.id)?.turns).toEqual([
    { ...turn, user: 'asked by 1', endedBy: 'max-tokens' },
  ]);
  writer.end('stopped', null);
  next.end('stopped', null);
  storage.close();
});

test('a deleted parent keeps what its forks share, out of sight, and goes with the last of them', () => {
  const storage = openStorage(temporaryFolder());
  const a = write(storage, null, 8, 1).summary.id;
  const b = write(storage, forkOf(a, 5), 10, 2).summary.id;
  const c = write(storage, forkOf(b, 7), 9, 3).summary.id;
  storage.runs.delete([a, b]);
  expect(storage.runs.list().map((run) => run.id)).toEqual([c]);
  expect(storage.runs.open(a)).toBeNull();
  expect(storage.runs.summary(b)).toBeNull();
  expect(storage.runs.round(b, 5)).toBeNull();
  expect(storage.runs.countBySample('builtin')).toEqual(new Map([['sample_1', 1]]));
  expect(marks(storage, c)).toEqual([1, 1, 1, 1, 1, 2, 2, 3, 3]);
  expect(storage.runs.round(c, 0)).not.toBeNull();
  expect(() => storage.runs.create(spec, sample, forkOf(a, 1))).toThrow(`There is no run ${a} to fork`);
  storage.runs.delete([c]);
  storage.close();
});

test('nothing is left when all runs of a tree are gone, and only what is needed before that', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ parent: fc.nat(6), at: fc.nat(6), length: fc.integer({ min: 1, max: 3 }) }), {
        minLength: 1,
        maxLength: 5,
      }),
      fc.infiniteStream(fc.nat()),
      (children, order) => {
        const storage = openStorage(temporaryFolder());
        const shown = new Map<string, number[]>();
        const ids: string[] = [];
        const add = (fork: Fork | null, to: number): void => {
          const mark = ids.length + 1;
          const { id } = write(storage, fork, to, mark).summary;
          const shared = fork === null ? [] : (shown.get(fork.parent) ?? []).slice(0, fork.round);
          shown.set(id, [...shared, ...new Array<number>(to - shared.length).fill(mark)]);
          ids.push(id);
        };
        add(null, 4);
        for (const { parent, at, length } of children) {
          const id = ids[parent % ids.length] ?? '';
          const round = Math.min(at, shown.get(id)?.length ?? 0);
          add(forkOf(id, round), round + length);
        }
        const left = [...ids];
        while (left.length > 0) {
          for (const id of left) expect(marks(storage, id)).toEqual(shown.get(id));
          const [gone = ''] = left.splice((order.next().value ?? 0) % left.length, 1);
          storage.runs.delete([gone]);
          expect(storage.runs.open(gone)).toBeNull();
        }
        expect(storage.runs.list()).toEqual([]);
        storage.close();
      },
    ),
    { numRuns: 6 },
  );
});

test('rounds that are taken back are gone from the run and its totals', () => {
  const storage = openStorage(temporaryFolder());
  const writer = storage.runs.create(spec, sample);
  writer.turn(turn);
  for (let i = 0; i < 5; i++) writer.round(makeRecord(i));
  writer.turn({ ...turn, endedBy: 'end-of-text' });
  writer.turn({ ...turn, index: 1 });
  writer.takeBack(3, 0);
  const run = storage.runs.open(writer.summary.id);
  const records = [0, 1, 2].map((i) => makeRecord(i));
  expect(run?.rounds).toEqual(records.map((record) => record.round));
  expect(run?.tokens).toEqual(records.flatMap((record) => record.tokens));
  expect(run?.turns).toEqual([turn]);
  const totals = records.map((record) => record.round).reduce(addRound, emptyTotals);
  expect(run?.summary.totals).toEqual({ ...totals, prefillMs: 55.5 });
  expect(writer.summary.totals).toEqual(run?.summary.totals);
  expect(storage.runs.round(writer.summary.id, 3)).toBeNull();
  // The run goes on from there, with other rounds.
  writer.round(ownRecord(3, 7));
  expect(marks(storage, writer.summary.id)).toEqual([1.5, 1.5, 1.5, 7]);
  writer.end('stopped', null);
  storage.close();
});
