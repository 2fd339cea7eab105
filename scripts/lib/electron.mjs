/** Electron's binary: found, downloaded, or the reason why it cannot be had here. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { present, projectNode, tool } from './paths.mjs';
import { run, tail } from './process.mjs';
import { recentFailure, rememberFailure } from './stamps.mjs';

/** Exact wording that the Electron tests give when they are skipped. */
export const notInstalled = 'Electron binary not installed';

/** Path of the installed binary, or null; never starts a download. */
export function findElectron(folder = tool('electron')) {
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  try {
    const name = readFileSync(join(folder, 'path.txt'), 'utf8');
    return present(join(override ?? join(folder, 'dist'), name));
  } catch {
    return null;
  }
}

/** Whether a window can be shown here. */
export function hasDesktop(platform = process.platform, env = process.env) {
  if (platform === 'darwin' || platform === 'win32') return true;
  return Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}

/**
 * The binary, downloaded once if need be. A failed download is not tried again for a day.
 * @param {() => void} opened called before a long download
 * @returns {Promise<{ path: string } | { reason: string }>}
 */
export async function ensureElectron(opened) {
  if (!hasDesktop()) return { reason: 'no display to show a window on' };
  const found = findElectron();
  if (found !== null) return startable(found);
  const failure = recentFailure('electron-download');
  if (failure !== null) return { reason: failure };
  opened();
  const limit = 5 * 60_000;
  const { code, output } = await run(projectNode, [tool('electron/install.js')], { timeout: limit });
  const path = findElectron();
  if (code === 0 && path !== null) return startable(path);
  const reason = code === 124 ? 'the download took more than 5 minutes' : downloadFault(output);
  rememberFailure('electron-download', reason);
  return { reason };
}

/** One line out of what the download said. @param {string} output */
export function downloadFault(output) {
  // Node's fetch tells only in the cause why it failed; the installer prints the stack without it.
  if (/fetch failed/.test(output)) return 'its download server cannot be reached';
  const cause =
    /(?:getaddrinfo|connect|certificate|ENOTFOUND|ECONN|ETIMEDOUT|EAI_AGAIN|HTTP|status)[^\n]*/i.exec(output);
  const line = (cause?.[0] ?? tail(output, 1)).trim();
  return line === '' ? 'the download failed without a message' : `download failed: ${line.slice(0, 160)}`;
}

/** A binary whose system libraries are missing is there, but cannot be used. */
async function startable(path) {
  const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
  const { code, output } = await run(path, ['--version'], { env, timeout: 30_000 });
  return code === 0 ? { path } : { reason: tail(output, 1) || 'it does not start' };
}
