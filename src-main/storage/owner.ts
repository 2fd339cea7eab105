/**
 * Which processes are alive. Each process that writes runs holds a lock on a file of its own in `<home>/owners`;
 * the operating system drops the lock when the process ends, however it ends. A process id alone would not do:
 * it is given again to other processes, and means nothing outside its container.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite, { type Database } from 'better-sqlite3';

export interface Owner {
  readonly id: string;
  /** Whether the process that took this id still runs. */
  isAlive(id: string): boolean;
  release(): void;
}

export function takeOwnership(home: string): Owner {
  const folder = join(home, 'owners');
  mkdirSync(folder, { recursive: true });
  sweep(folder);
  const fileOf = (id: string): string => join(folder, `${id}.lock`);
  const id = randomUUID();
  const lock = tryLock(fileOf(id));
  if (lock === null) throw new Error(`the lock file ${fileOf(id)} cannot be locked`);
  return {
    id,
    isAlive(other) {
      if (other === id) return true;
      if (!existsSync(fileOf(other))) return false;
      const taken = tryLock(fileOf(other));
      if (taken === null) return true;
      taken.close();
      rmSync(fileOf(other), { force: true });
      return false;
    },
    release() {
      lock.close();
      rmSync(fileOf(id), { force: true });
    },
  };
}

/** Far longer than a process needs to lock the file it has just made. */
const settledMs = 60_000;

/** Removes files that processes which were killed have left. */
function sweep(folder: string): void {
  for (const name of readdirSync(folder)) {
    const file = join(folder, name);
    const age = Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age < settledMs) continue;
    const taken = tryLock(file);
    if (taken === null) continue;
    taken.close();
    rmSync(file, { force: true });
  }
}

/** An open handle that holds the lock, or null when another handle holds it. SQLite knows every platform's locks. */
function tryLock(file: string): Database | null {
  const db = new Sqlite(file, { timeout: 0 });
  try {
    db.exec('BEGIN EXCLUSIVE');
    return db;
  } catch {
    db.close();
    return null;
  }
}
