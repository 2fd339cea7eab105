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

/** Says what an error of SQLite or the file system means for the file. Other errors pass as they are. */
export function asStorageError(error: unknown, file: string): unknown {
  if (error instanceof StorageError || !(error instanceof Error)) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const reason = reasons.find(([prefix]) => code.startsWith(prefix))?.[1];
  return reason === undefined ? error : new StorageError(`The database ${file} ${reason}`, { cause: error });
}

const reasons: readonly (readonly [string, string])[] = [
  ['SQLITE_NOTADB', 'is not a database. Move it away, or set SPECULA_HOME to another folder.'],
  ['SQLITE_CORRUPT', 'is damaged. Restore a backup (specula.db.bak-*), or move it away to start anew.'],
  ['SQLITE_FULL', 'cannot grow: the disk is full. Free some space.'],
  ['SQLITE_BUSY', 'is locked by another program. Close it and try again.'],
  ['SQLITE_READONLY', 'cannot be written. Change its permissions, or set SPECULA_HOME to another folder.'],
  ['SQLITE_CANTOPEN', 'cannot be opened. Check its permissions, or set SPECULA_HOME to another folder.'],
  ['SQLITE_IOERR', 'cannot be read or written. Check the disk.'],
  ['EACCES', 'cannot be created here. Change the permissions, or set SPECULA_HOME to another folder.'],
  ['EROFS', 'cannot be created on a read-only disk. Set SPECULA_HOME to another folder.'],
  ['EEXIST', 'cannot be created: its folder is a file. Set SPECULA_HOME to another folder.'],
  ['ENOTDIR', 'cannot be created: its folder is inside a file. Set SPECULA_HOME to another folder.'],
];
