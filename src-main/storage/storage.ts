import type { Database } from 'better-sqlite3';
import { type BenchStore, createBenchStore } from './bench-store.ts';
import { openDatabase, withDatabase } from './database.ts';
import { databaseFile } from './home.ts';
import { createImportStore, type ImportStore } from './import-store.ts';
import { type Merged, mergeDatabase } from './merge.ts';
import { takeOwnership } from './owner.ts';
import { createRegistry, type Registry } from './registry.ts';
import { createRunStore, type RunStore } from './run-store.ts';

export interface Storage {
  /** path of the database */
  readonly file: string;
  readonly runs: RunStore;
  readonly benches: BenchStore;
  readonly imports: ImportStore;
  readonly registry: Registry;
  /** Brings in what another database has, see merge.ts. @throws StorageError */
  merge(path: string): Merged;
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
    imports: createImportStore(db, runs),
    registry: createRegistry(db),
    merge: (path) => mergeDatabase(db, path),
    close() {
      db.close();
      owner.release();
    },
  };
}
