/** A Chromium for the browser tests: one that is here, Playwright's download, or the distribution's package. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { present, projectNode, root, tool } from './paths.mjs';
import { run, SetupError, tail } from './process.mjs';
import { onPath } from './tools.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/**
 * Path of a Chromium that is installed already, or null. Order: SPECULA_CHROMIUM, CHROME_PATH, PATH, the usual
 * places, Playwright's own.
 */
export function findChromium() {
  for (const name of ['SPECULA_CHROMIUM', 'CHROME_PATH']) {
    const path = process.env[name];
    if (path === undefined || path === '') continue;
    if (present(path) === null) throw new SetupError(`${name} names ${path}, which does not exist.`);
    return path;
  }
  for (const name of names) {
    const path = onPath(name);
    if (path !== null) return path;
  }
  return usualPlaces().find((path) => present(path) !== null) ?? present(playwrightsOwn());
}

function usualPlaces() {
  if (process.platform === 'darwin') {
    return [
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
    ];
  }
  if (process.platform !== 'win32') return [];
  return ['ProgramFiles', 'ProgramFiles(x86)', 'LOCALAPPDATA'].flatMap((name) => {
    const folder = process.env[name];
    return folder === undefined ? [] : [join(folder, 'Google', 'Chrome', 'Application', 'chrome.exe')];
  });
}

function playwrightsOwn() {
  const require = createRequire(join(root, 'package.json'));
  return require('@playwright/test').chromium.executablePath();
}

/**
 * Makes sure of a Chromium that starts.
 * @param {() => void} opened called before a long download
 * @returns {Promise<string>} its path
 */
export async function ensureChromium(opened) {
  const found = findChromium();
  if (found !== null) {
    const fault = await faultOf(found);
    if (fault === null) return found;
    if (process.env.SPECULA_CHROMIUM === found || process.env.CHROME_PATH === found) {
      throw new SetupError(`${found} does not start:\n${fault}`);
    }
  }
  opened();
  const cli = tool('playwright-core/cli.js');
  const download = await run(projectNode, [cli, 'install', 'chromium'], { timeout: 10 * 60_000 });
  const own = download.code === 0 ? present(playwrightsOwn()) : null;
  if (own !== null && (await faultOf(own)) === null) return own;
  const packaged = await installPackage();
  if (packaged !== null) return packaged;
  throw new SetupError(
    'The browser tests need Chromium or Chrome. None was found, and neither could be installed here:\n' +
      `${tail(download.output, 4)}\n` +
      'Install one (Debian: apt-get install chromium), or set SPECULA_CHROMIUM to the path of one.',
  );
}

/** Why the program does not start, or null when it does. Chrome for Windows has no --version. */
async function faultOf(path) {
  if (process.platform === 'win32') return null;
  const { code, output } = await run(path, ['--version'], { timeout: 30_000 });
  return code === 0 ? null : tail(output, 4);
}

async function installPackage() {
  if (onPath('apt-get') === null) return null;
  const isRoot = process.getuid?.() === 0;
  if (!isRoot && (await run('sudo', ['-n', 'true'])).code !== 0) return null;
  const apt = (args) => (isRoot ? run('apt-get', args) : run('sudo', ['-n', 'apt-get', ...args]));
  await apt(['update']);
  if ((await apt(['install', '-y', '--no-install-recommends', 'chromium'])).code !== 0) return null;
  const path = onPath('chromium');
  return path !== null && (await faultOf(path)) === null ? path : null;
}
