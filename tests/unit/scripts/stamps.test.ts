import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  hashFiles,
  isFresh,
  recentFailure,
  rememberFailure,
  writeStamp,
} from '../../../scripts/lib/stamps.mjs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'specula-stamps-'));
  mkdirSync(join(folder, 'a', 'deep'), { recursive: true });
  writeFileSync(join(folder, 'a', 'one.txt'), '1');
  writeFileSync(join(folder, 'a', 'deep', 'two.txt'), '2');
});
afterEach(() => rmSync(folder, { recursive: true }));

const hash = () => hashFiles([join(folder, 'a'), join(folder, 'later.txt')], folder);

test('the hash follows contents, names and files that appear', () => {
  const first = hash();
  expect(hash()).toBe(first);
  writeFileSync(join(folder, 'a', 'deep', 'two.txt'), '3');
  const edited = hash();
  renameSync(join(folder, 'a', 'one.txt'), join(folder, 'a', 'uno.txt'));
  const renamed = hash();
  writeFileSync(join(folder, 'later.txt'), '');
  const added = hash();
  expect(new Set([first, edited, renamed, added]).size).toBe(4);
});

test('a step is fresh only with the sources it succeeded with', () => {
  expect(isFresh('renderer', 'h1', folder)).toBe(false);
  writeStamp('renderer', 'h1', folder);
  expect(isFresh('renderer', 'h1', folder)).toBe(true);
  expect(isFresh('renderer', 'h2', folder)).toBe(false);
  expect(isFresh('electron', 'h1', folder)).toBe(false);
});

test('a failure is remembered for a day', () => {
  const hour = 60 * 60 * 1000;
  rememberFailure('download', 'no network', 1000 * hour, folder);
  expect(recentFailure('download', 1023 * hour, folder)).toBe('no network');
  expect(recentFailure('download', 1025 * hour, folder)).toBeNull();
  // a clock that was set back must not keep the failure for longer
  expect(recentFailure('download', 999 * hour, folder)).toBeNull();
  expect(isFresh('download', 'h1', folder)).toBe(false);
});

test('an unreadable stamp counts as none', () => {
  for (const text of ['', '{', 'null', '3', '{"failed":"yes","reason":1}']) {
    writeFileSync(join(folder, 'download.json'), text);
    expect(recentFailure('download', Date.now(), folder)).toBeNull();
    expect(isFresh('download', 'h1', folder)).toBe(false);
  }
});
