import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { openDatabase } from '../../../src-main/storage/database.ts';
import { StorageError } from '../../../src-main/storage/errors.ts';
import { migrations } from '../../../src-main/storage/schema.ts';
import { openStorage } from '../../../src-main/storage/storage.ts';
import { temporaryFolder } from './temp.ts';

const first = { version: 1, sql: 'CREATE TABLE things (a INTEGER NOT NULL) STRICT' };
const second = { version: 2, sql: 'ALTER TABLE things ADD COLUMN b TEXT' };
const broken = {
  version: 2,
  sql: 'CREATE TABLE other (a INTEGER) STRICT; CREATE TABLE things (a INTEGER) STRICT',
};

test('a fresh database has the newest version, write-ahead log and foreign keys, and no backup', () => {
  const folder = join(temporaryFolder(), 'deep', 'er');
  const db = openDatabase(join(folder, 'specula.db'));
  expect(db.pragma('user_version', { simple: true })).toBe(migrations.at(-1)?.version);
  expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
  expect(db.pragma('foreign_keys', { simple: true })).toBe(1);
  expect(db.pragma('synchronous', { simple: true })).toBe(1);
  const loose = db.prepare(
    "SELECT name FROM pragma_table_list WHERE schema = 'main' AND strict = 0 AND name NOT LIKE 'sqlite_%'",
  );
  expect(loose.all()).toEqual([]);
  db.close();
  expect(readdirSync(folder).filter((name) => name.includes('bak'))).toEqual([]);
});

test('an older file is copied before it is migrated, and keeps its rows', () => {
  const file = join(temporaryFolder(), 'specula.db');
  const old = openDatabase(file, [first]);
  old.exec('INSERT INTO things VALUES (42)');
  old.close();
  const db = openDatabase(file, [first, second]);
  expect(db.prepare('SELECT * FROM things').all()).toEqual([{ a: 42, b: null }]);
  db.close();
  const backup = new Sqlite(`${file}.bak-1`, { readonly: true });
  expect(backup.pragma('user_version', { simple: true })).toBe(1);
  expect(backup.prepare('SELECT * FROM things').all()).toEqual([{ a: 42 }]);
  backup.close();
});

test('a migration that fails leaves the file as it was', () => {
  const file = join(temporaryFolder(), 'specula.db');
  openDatabase(file, [first]).close();
  expect(() => openDatabase(file, [first, broken])).toThrow('things already exists');
  const db = openDatabase(file, [first]);
  expect(db.pragma('user_version', { simple: true })).toBe(1);
  expect(db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'other'").all()).toEqual([]);
  db.close();
});

test('a newer file is refused with what to do, and not touched', () => {
  const file = join(temporaryFolder(), 'specula.db');
  openDatabase(file, [first, second]).close();
  expect(() => openDatabase(file, [first])).toThrow(
    /newer Specula \(version 2; this one knows 1\).*SPECULA_HOME/,
  );
  expect(existsSync(`${file}.bak-2`)).toBe(false);
  openDatabase(file, [first, second]).close();
});

test('files that are not ours are refused by name', () => {
  const folder = temporaryFolder();
  const other = join(folder, 'other.db');
  new Sqlite(other).exec('CREATE TABLE t (a)').close();
  expect(() => openDatabase(other)).toThrow(StorageError);
  expect(() => openDatabase(other)).toThrow(`${other} is a database of another program`);
  const text = join(folder, 'text.db');
  writeFileSync(text, 'no database at all, '.repeat(100));
  expect(() => openDatabase(text)).toThrow(`${text} is not a database`);
  expect(() => openDatabase(join(text, 'specula.db'))).toThrow(/its folder is/);
  writeFileSync(join(folder, 'owners'), 'no folder');
  expect(() => openStorage(folder)).toThrow(StorageError);
});
