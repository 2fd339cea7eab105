import type { Database } from 'better-sqlite3';
import { type BenchStore, createBenchStore } from './bench-store.ts';
import { openDatabase, withDatabase } from './database.ts';
import { databaseFile } from './home.ts';
import { takeOwnership } from './owner.ts';
import { createRegistry, type Registry } from './registry.ts';
import { createRunStore, type RunStore } from './run-store.ts';

export interface Storage {
  /** path of the database */
  readonly file: string;
  readonly runs: RunStore;
  readonly benches: BenchStore;
  readonly registry: Registry;
  close(): void;
}

/**
 * Opens the database in `home`, and marks runs as crashed that a process which is gone has left running.
 * @throws StorageError as openDatabase does
 */
export function openStorage(home: string): Storage {
  const file = databaseFile(home);
  const db = openDatabase(file);
  return withDatabase(db, file, () => storageOf(db, file, home));
}

function storageOf(db: Database, file: string, home: string): Storage {
  const owner = takeOwnership(home);
  const runs = createRunStore(db, owner);
  runs.markCrashed();
  return {
    file,
    runs,
    benches: createBenchStore(db, owner, runs),
    registry: createRegistry(db),
    close() {
      db.close();
      owner.release();
    },
  };
}
