/** Stamps: a hash of a step's sources, kept below node_modules, tells whether the step must run again. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { cacheFolder, root } from './paths.mjs';

/**
 * SHA-256 over the names and contents of files and folders (read recursively, in sorted order); what is not there
 * is left out, so that adding it changes the hash.
 * @param {readonly string[]} paths absolute
 * @param {string} [base] names are hashed relative to it
 */
export function hashFiles(paths, base = root) {
  const hash = createHash('sha256');
  for (const file of paths.flatMap(listFiles).toSorted()) {
    hash.update(relative(base, file)).update('\0').update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}

function listFiles(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return [];
  if (stat.isFile()) return [path];
  return readdirSync(path).flatMap((name) => listFiles(join(path, name)));
}

/** Whether the step's last success had these sources. */
export function isFresh(step, hash, folder = cacheFolder) {
  return readStamp(step, folder)?.hash === hash;
}

/** Notes that the step succeeded with these sources. */
export function writeStamp(step, hash, folder = cacheFolder) {
  writeJson(join(folder, `${step}.json`), { hash });
}

/** @returns {{ hash?: unknown, failed?: unknown, reason?: unknown } | null} null also for an unreadable stamp */
function readStamp(step, folder = cacheFolder) {
  try {
    const value = JSON.parse(readFileSync(join(folder, `${step}.json`), 'utf8'));
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}

const day = 24 * 60 * 60 * 1000;

/** Why the step failed, when it did so within the last day; null otherwise. */
export function recentFailure(step, now = Date.now(), folder = cacheFolder) {
  const stamp = readStamp(step, folder);
  if (typeof stamp?.failed !== 'number' || typeof stamp.reason !== 'string') return null;
  const age = now - stamp.failed;
  return age >= 0 && age < day ? stamp.reason : null;
}

/** Remembers a failure, so that a step that needs the network is not tried at every start. */
export function rememberFailure(step, reason, now = Date.now(), folder = cacheFolder) {
  writeJson(join(folder, `${step}.json`), { failed: now, reason });
}

function writeJson(file, value) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(value)}\n`);
}
