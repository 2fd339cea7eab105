import { randomBytes } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import type { Fork } from '#shared/domain/fork.ts';
import type { CapturedRound } from '#shared/domain/round.ts';
import type { RunSpec, RunSummary } from '#shared/domain/run.ts';
import type { Sample } from '#shared/domain/sample.ts';
import { emptyTotals } from '#shared/metrics/totals.ts';
import { prepareAttentionWrites } from './attention-writer.ts';
import { StorageError } from './errors.ts';
import type { Owner } from './owner.ts';
import { prepareReads, type RunReader } from './run-reader.ts';
import { prepareWrites, RunWriter } from './run-writer.ts';

export interface RunStore extends RunReader {
  /**
   * Creates a running run, empty but for what a fork shares with its parent. `sample` is kept as it is now.
   * @throws StorageError when the parent is gone
   */
  create(spec: RunSpec, sample: Sample, fork?: Fork | null): RunWriter;
  /**
   * Deletes runs with everything recorded, but for the rounds that forks of them still need: those are kept out of sight
   * until the last fork is deleted. Ids that do not exist are passed over. @throws StorageError for a live run
   */
  delete(ids: readonly string[]): void;
  /**
   * Adds attention that was read after a run. What is recorded stays as it is; tokens stay in any case.
   * @throws StorageError when the run is gone
   */
  addAttention(id: string, rounds: readonly CapturedRound[]): void;
  /** Marks runs as crashed whose process is gone. Returns their ids. */
  markCrashed(): string[];
}

export function createRunStore(db: Database, owner: Owner): RunStore {
  const reads = prepareReads(db);
  const writes = prepareWrites(db);
  const addSample = db.prepare(
    `INSERT OR IGNORE INTO samples (data_set, id, image, turns, category, topic)
     VALUES (@dataSet, @id, @image, @turns, @category, @topic)`,
  );
  const findSample = db.prepare<[object], { key: number }>(
    `SELECT key FROM samples WHERE data_set = @dataSet AND id = @id AND image = @image AND turns = @turns
     AND category = @category AND topic = @topic`,
  );
  const addRun = db.prepare(
    `INSERT INTO runs (id, created_at, status, sample, method, gate, spec, owner, owner_pid, parent_run, fork_round, fork)
     VALUES (@id, @createdAt, 'running', @sample, @method, @gate, @spec, @owner, @pid, @parent, @forkRound, @fork)`,
  );
  const keyOf = db.prepare<[string], { key: number }>('SELECT key FROM runs WHERE id = ? AND NOT hidden');
  const live = db.prepare<[], { key: number; id: string; owner: string; pid: number }>(
    `SELECT key, id, owner, owner_pid AS pid FROM runs WHERE status IN ('running', 'paused')`,
  );
  const hide = db.prepare<[string]>('UPDATE runs SET hidden = 1 WHERE id = ?');
  const addAttention = prepareAttentionWrites(db);
  const sweep = prepareSweep(db);
  const dropUnusedSamples = db.prepare('DELETE FROM samples WHERE key NOT IN (SELECT sample FROM runs)');

  const create = db.transaction((spec: RunSpec, sample: Sample, fork: Fork | null = null): RunWriter => {
    const parent = fork === null ? null : keyOf.get(fork.parent)?.key;
    if (parent === undefined)
      throw new StorageError(`There is no run ${fork?.parent} to fork: it was deleted.`);
    const createdAt = Date.now();
    const id = runId(createdAt);
    const row = { ...sample, dataSet: spec.dataSetId, turns: JSON.stringify(sample.turns) };
    addSample.run(row);
    const { lastInsertRowid } = addRun.run({
      id,
      createdAt,
      sample: findSample.get(row)?.key,
      method: spec.method.name,
      gate: spec.gate.mode,
      spec: JSON.stringify(spec),
      owner: owner.id,
      pid: process.pid,
      parent,
      forkRound: fork?.round ?? null,
      fork: fork === null ? null : JSON.stringify(fork),
    });
    const summary: RunSummary = {
      id,
      createdAt,
      status: 'running',
      reason: null,
      spec,
      topic: sample.topic,
      totals: emptyTotals,
      fingerprint: null,
      fork,
      source: { kind: 'run' },
    };
    return new RunWriter(writes, Number(lastInsertRowid), summary);
  });

  const deleteAll = db.transaction((ids: readonly string[]): void => {
    const running = new Set(live.all().map((run) => run.id));
    for (const id of ids) {
      if (running.has(id)) throw new StorageError(`Run ${id} is still live: stop it before deleting it.`);
      hide.run(id);
    }
    sweep();
    dropUnusedSamples.run();
  });

  return {
    ...reads,
    create: create.immediate,
    delete: deleteAll.immediate,
    addAttention(id, rounds) {
      const keys = reads.roundKeys(id);
      if (keys === null) throw new StorageError(`There is no run ${id} to add attention to: it was deleted.`);
      addAttention(rounds, keys);
    },
    markCrashed() {
      const dead = live.all().filter((run) => !owner.isAlive(run.owner));
      for (const run of dead) {
        writes.status.run(
          'crashed',
          `Process ${run.pid}, which made this run, ended before the run did.`,
          run.key,
        );
      }
      return dead.map((run) => run.id);
    },
  };
}

/** Removes what is hidden and not needed by a fork: whole runs, then the rounds from the last fork's first one on. */
function prepareSweep(db: Database): () => void {
  const needed = 'SELECT max(f.fork_round) FROM runs f WHERE f.parent_run = runs.key';
  const unused = db.prepare(`DELETE FROM runs WHERE hidden AND (${needed}) IS NULL`);
  const trims = ['rounds.idx', 'tokens.round', 'nodes.round', 'attention.round', 'head_attention.round'].map(
    (column) => {
      const table = column.split('.')[0] ?? '';
      return db.prepare(
        `DELETE FROM ${table} WHERE run IN (SELECT key FROM runs WHERE hidden)
       AND ${column} >= (SELECT (${needed}) FROM runs WHERE runs.key = ${table}.run)`,
      );
    },
  );
  return () => {
    // A fork that goes may have been the last one that needed its parent.
    while (unused.run().changes > 0);
    for (const trim of trims) trim.run();
  };
}

/** Sorts by time and can be read aloud, e.g. 20260131-142501-9f3c0a (UTC). */
function runId(createdAt: number): string {
  const digits = new Date(createdAt).toISOString().replace(/\D/g, '');
  return `${digits.slice(0, 8)}-${digits.slice(8, 14)}-${randomBytes(3).toString('hex')}`;
}
