import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite, { type Database } from 'better-sqlite3';
import { StorageError } from './errors.ts';
import { migrate } from './migrate.ts';
import type { Migration } from './schema.ts';

/**
 * Opens (or creates) the database and brings it to the newest version. Several processes may have it open.
 * @throws StorageError when the file cannot be opened, is no database, is damaged, or is from a newer Specula
 */
export function openDatabase(file: string, migrations?: readonly Migration[]): Database {
  let db: Database | null = null;
  try {
    mkdirSync(dirname(file), { recursive: true });
    // Another process holds the lock for milliseconds only: wait for it.
    db = new Sqlite(file, { timeout: 5000 });
    db.pragma('journal_mode = WAL');
    // Safe against a killed process; a power cut may lose the last rounds, never the file.
    db.pragma('synchronous = NORMAL');
    db.pragma('foreign_keys = ON');
    migrate(db, file, migrations);
    return db;
  } catch (error) {
    db?.close();
    throw asStorageError(error, file);
  }
}

/**
 * Runs what needs the folder of the database.
 * @throws StorageError when the folder cannot be used
 */
export function withDatabase<T>(db: Database, file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    db.close();
    throw asStorageError(error, file);
  }
}

/** Says what an error of SQLite or the file system means for the file. Other errors pass as they are. */
function asStorageError(error: unknown, file: string): unknown {
  const reason = reasonOf(error, [...sqliteReasons, ...fileReasons]);
  return reason === null ? error : new StorageError(`The database ${file} ${reason}`, { cause: error });
}

/** What an error of SQLite in an open database means, e.g. a full disk; null for any other error. */
export function storageFailure(error: unknown): StorageError | null {
  if (error instanceof StorageError) return error;
  const reason = reasonOf(error, sqliteReasons);
  return reason === null ? null : new StorageError(`The database ${reason}`, { cause: error });
}

type Reasons = readonly (readonly [prefix: string, reason: string])[];

function reasonOf(error: unknown, reasons: Reasons): string | null {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  return reasons.find(([prefix]) => code.startsWith(prefix))?.[1] ?? null;
}

const sqliteReasons: Reasons = [
  ['SQLITE_NOTADB', 'is not a database. Move it away, or set SPECULA_HOME to another folder.'],
  ['SQLITE_CORRUPT', 'is damaged. Restore a backup (specula.db.bak-*), or move it away to start anew.'],
  ['SQLITE_FULL', 'cannot grow: the disk is full. Free some space.'],
  ['SQLITE_BUSY', 'is locked by another program. Close it and try again.'],
  ['SQLITE_READONLY', 'cannot be written. Change its permissions, or set SPECULA_HOME to another folder.'],
  ['SQLITE_CANTOPEN', 'cannot be opened. Check its permissions, or set SPECULA_HOME to another folder.'],
  ['SQLITE_IOERR', 'cannot be read or written. Check the disk.'],
];

const fileReasons: Reasons = [
  ['EACCES', 'cannot be created here. Change the permissions, or set SPECULA_HOME to another folder.'],
  ['EROFS', 'cannot be created on a read-only disk. Set SPECULA_HOME to another folder.'],
  ['EEXIST', 'cannot be created: its folder is a file. Set SPECULA_HOME to another folder.'],
  ['ENOTDIR', 'cannot be created: its folder is inside a file. Set SPECULA_HOME to another folder.'],
];
