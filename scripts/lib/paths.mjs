/** Folders and programs of a checkout, as absolute paths. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Stamps and remembered failures; goes with node_modules, so a fresh install starts from nothing. */
export const cacheFolder = join(root, 'node_modules', '.cache', 'specula');

/** The project's own Node 24, whatever Node started this script. */
export const projectNode = join(
  root,
  'node_modules',
  'node',
  'bin',
  process.platform === 'win32' ? 'node.exe' : 'node',
);

/** A JavaScript file below node_modules, e.g. `tool('vite/bin/vite.js')`. */
export function tool(path) {
  return join(root, 'node_modules', ...path.split('/'));
}

/** The file's path, or null when it is not there. */
export function present(path) {
  return existsSync(path) ? path : null;
}
