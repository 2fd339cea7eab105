/** Benches, and which run belongs to which of their cells. */
import { randomBytes } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import { type BenchPlan, benchPlanSchema } from '#shared/domain/bench.ts';
import type { RunSpec, RunStatus } from '#shared/domain/run.ts';
import type { Sample } from '#shared/domain/sample.ts';
import { StorageError } from './errors.ts';
import type { Owner } from './owner.ts';
import type { RunStore } from './run-store.ts';
import type { RunWriter } from './run-writer.ts';

export interface Bench {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
  readonly plan: BenchPlan;
  /** the same for shards of one bench */
  readonly planHash: string;
}

export interface CellRun {
  readonly runId: string;
  readonly status: RunStatus;
  readonly reason: string | null;
}

export interface BenchStore {
  /** newest first */
  list(): Bench[];
  find(id: string): Bench | null;
  create(name: string, plan: BenchPlan, planHash: string): Bench;
  /** Marks the bench as worked on by this process. @throws StorageError when another one does */
  take(id: string): void;
  release(id: string): void;
  /** runs by cell number */
  cells(id: string): Map<number, CellRun>;
  /** Creates the run of a cell; one that the cell had before (it was cut short, or failed) goes. */
  begin(id: string, cell: number, spec: RunSpec, sample: Sample): RunWriter;
}

interface Row {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
  readonly plan: string;
  readonly planHash: string;
}

const columns = 'id, name, created_at AS createdAt, plan, plan_hash AS planHash FROM benches';

export function createBenchStore(db: Database, owner: Owner, runs: RunStore): BenchStore {
  const list = db.prepare<[], Row>(`SELECT ${columns} ORDER BY created_at DESC, key DESC`);
  const one = db.prepare<[string], Row>(`SELECT ${columns} WHERE id = ?`);
  const add = db.prepare(
    `INSERT INTO benches (id, name, created_at, plan, plan_hash)
     VALUES (@id, @name, @createdAt, @plan, @planHash)`,
  );
  const ownerOf = db.prepare<[string], { owner: string | null }>('SELECT owner FROM benches WHERE id = ?');
  const setOwner = db.prepare<[string | null, string]>('UPDATE benches SET owner = ? WHERE id = ?');
  const cells = db.prepare<[string], CellRun & { cell: number }>(
    `SELECT c.cell, r.id AS runId, r.status, r.reason FROM bench_cells c
     JOIN benches b ON b.key = c.bench JOIN runs r ON r.key = c.run WHERE b.id = ? AND NOT r.hidden`,
  );
  const before = db.prepare<[string, number], { key: number; id: string }>(
    `SELECT r.key, r.id FROM bench_cells c JOIN benches b ON b.key = c.bench JOIN runs r ON r.key = c.run
     WHERE b.id = ? AND c.cell = ?`,
  );
  const unlink = db.prepare<[number]>('DELETE FROM bench_cells WHERE run = ?');
  const link = db.prepare<[string, number, string]>(
    `INSERT INTO bench_cells (bench, cell, run)
     VALUES ((SELECT key FROM benches WHERE id = ?), ?, (SELECT key FROM runs WHERE id = ?))`,
  );

  const take = db.transaction((id: string): void => {
    const other = ownerOf.get(id)?.owner ?? null;
    if (other !== null && other !== owner.id && owner.isAlive(other)) {
      throw new StorageError(
        `Bench ${id} is being worked on by another Specula process: stop it there first.`,
      );
    }
    setOwner.run(owner.id, id);
  });
  const begin = db.transaction((id: string, cell: number, spec: RunSpec, sample: Sample): RunWriter => {
    const old = before.get(id, cell);
    if (old !== undefined) {
      unlink.run(old.key);
      runs.delete([old.id]);
    }
    const writer = runs.create(spec, sample);
    link.run(id, cell, writer.summary.id);
    return writer;
  });

  return {
    list: () => list.all().map(toBench),
    find(id) {
      const row = one.get(id);
      return row === undefined ? null : toBench(row);
    },
    create(name, plan, planHash) {
      const createdAt = Date.now();
      const bench = { id: benchId(createdAt), name, createdAt, plan, planHash };
      add.run({ ...bench, plan: JSON.stringify(plan) });
      return bench;
    },
    take: take.immediate,
    release: (id) => void setOwner.run(null, id),
    cells: (id) => new Map(cells.all(id).map(({ cell, ...run }) => [cell, run])),
    begin: begin.immediate,
  };
}

function toBench({ plan, ...row }: Row): Bench {
  return { ...row, plan: benchPlanSchema.parse(JSON.parse(plan)) };
}

/** Sorts by time and can be read aloud, as the ids of runs, e.g. bench-20260131-142501-9f3c (UTC). */
function benchId(createdAt: number): string {
  const digits = new Date(createdAt).toISOString().replace(/\D/g, '');
  return `bench-${digits.slice(0, 8)}-${digits.slice(8, 14)}-${randomBytes(2).toString('hex')}`;
}
