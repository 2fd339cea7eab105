import { existsSync, renameSync, rmSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import { StorageError } from './errors.ts';
import { migrations as all, type Migration } from './schema.ts';

/** "SPCL": marks a file as ours. */
const applicationId = 0x5350434c;

/**
 * Brings the database to the newest version, one transaction per step. An existing older file is first copied to
 * `<file>.bak-<its version>`.
 * @throws StorageError for a file that a newer Specula wrote, or that is not Specula's
 */
export function migrate(db: Database, file: string, migrations: readonly Migration[] = all): void {
  const newest = Math.max(...migrations.map((m) => m.version));
  // Read in one transaction: another process may be making the file right now.
  const found = db.transaction(() => checkOurs(db, file))();
  if (found > newest) {
    throw new StorageError(
      `The database ${file} was written by a newer Specula (version ${found}; this one knows ${newest}). Update Specula, or set SPECULA_HOME to another folder.`,
    );
  }
  if (found > 0 && found < newest) backUp(db, `${file}.bak-${found}`);
  for (const { version, sql } of migrations) {
    db.transaction(() => {
      // Read inside the transaction: another process may have been faster.
      if (userVersion(db) >= version) return;
      db.exec(sql);
      db.pragma(`application_id = ${applicationId}`);
      db.pragma(`user_version = ${version}`);
    }).immediate();
  }
}

function userVersion(db: Database): number {
  return Number(db.pragma('user_version', { simple: true }));
}

/** The file's version, 0 for an empty one. @throws StorageError for a file of another program */
function checkOurs(db: Database, file: string): number {
  const version = userVersion(db);
  const id = Number(db.pragma('application_id', { simple: true }));
  const tables = db.prepare<[], { n: number }>('SELECT count(*) AS n FROM sqlite_schema').get()?.n ?? 0;
  const fresh = version === 0 && tables === 0 && id === 0;
  if (fresh || id === applicationId) return version;
  throw new StorageError(
    `${file} is a database of another program. Move it away, or set SPECULA_HOME to another folder.`,
  );
}

/** A consistent copy, complete or not there at all. */
function backUp(db: Database, target: string): void {
  if (existsSync(target)) return;
  const partial = `${target}.${process.pid}.tmp`;
  rmSync(partial, { force: true });
  db.prepare('VACUUM INTO ?').run(partial);
  renameSync(partial, target);
}
