/** Runs that were read from result files: sums and the record itself, without rounds and tokens. */
import { createHash } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import type { RunSpec, RunTotals } from '#shared/domain/run.ts';
import type { Sample } from '#shared/domain/sample.ts';
import type { RunStore } from './run-store.ts';

export interface ImportedRun {
  readonly spec: RunSpec;
  readonly sample: Sample;
  /** milliseconds since 1970 */
  readonly createdAt: number;
  readonly totals: RunTotals;
  readonly file: string;
  readonly method: string;
  /** the line as it was read */
  readonly line: string;
  readonly wallMs: number;
  readonly notes: readonly string[];
}

export interface ImportStore {
  /** Adds runs, all or none; lines that are there already are passed over. Returns how many were added. */
  add(runs: readonly ImportedRun[]): number;
}

export function createImportStore(db: Database, runs: RunStore): ImportStore {
  const known = db.prepare<[string], { run: number }>('SELECT run FROM imports WHERE digest = ?');
  const finish = db.prepare(
    `UPDATE runs SET status = 'done', created_at = @createdAt, new_tokens = @newTokens, rounds = @rounds,
       drafted = @drafted, accepted = @accepted, skipped = @skipped, draft_rounds = @draftRounds,
       draft_ms = @draftMs, verify_ms = @verifyMs, capture_ms = @captureMs, other_ms = @otherMs,
       prefill_ms = @prefillMs
     WHERE id = @id`,
  );
  const link = db.prepare(
    `INSERT INTO imports (run, file, method, digest, record, wall_ms, notes)
     VALUES ((SELECT key FROM runs WHERE id = @id), @file, @method, @digest, @line, @wallMs, @notes)`,
  );
  const add = db.transaction((all: readonly ImportedRun[]): number => {
    let added = 0;
    for (const { spec, sample, createdAt, totals, file, method, line, wallMs, notes } of all) {
      const digest = createHash('sha256').update(`${spec.target}\n${file}\n${line}`).digest('hex');
      if (known.get(digest) !== undefined) continue;
      const { id } = runs.create(spec, sample).summary;
      finish.run({ ...totals, id, createdAt });
      link.run({ id, file, method, digest, line, wallMs, notes: JSON.stringify(notes) });
      added++;
    }
    return added;
  });
  return { add: add.immediate };
}
