/** What is built from the sources with vite: the renderer for both hosts, and Electron's main side and preload. */
import { join } from 'node:path';
import { present, projectNode, root, tool } from './paths.mjs';
import { run, SetupError, tail } from './process.mjs';
import { hashFiles, isFresh, writeStamp } from './stamps.mjs';

const rendererSources = ['src-renderer', 'src-shared', 'package-lock.json'];
const electronSources = [...rendererSources, 'src-main', 'src-preload', 'electron.vite.config.ts'];

const absolute = (paths) => paths.map((path) => join(root, path));

/** @returns {Promise<string>} what was done */
export async function buildRenderer(opened) {
  const hash = hashFiles(absolute(rendererSources));
  if (isFresh('renderer', hash) && present(join(root, 'out', 'renderer', 'index.html'))) return 'up to date';
  opened();
  await vite('vite/bin/vite.js', ['build', '--config', 'src-renderer/vite.config.ts'], 'The renderer');
  writeStamp('renderer', hash);
  return 'built';
}

/** Builds main side, preload and renderer. @returns {Promise<string>} what was done */
export async function buildElectron(opened) {
  const hash = hashFiles(absolute(electronSources));
  if (isFresh('electron', hash) && present(join(root, 'out', 'main', 'index.js'))) return 'up to date';
  opened();
  const renderer = hashFiles(absolute(rendererSources));
  await vite('electron-vite/bin/electron-vite.js', ['build'], 'The Electron app');
  writeStamp('renderer', renderer);
  writeStamp('electron', hash);
  return 'built';
}

async function vite(script, args, what) {
  const { code, output } = await run(projectNode, [tool(script), ...args]);
  if (code !== 0) throw new SetupError(`${what} could not be built:\n${tail(output, 40)}`);
}
