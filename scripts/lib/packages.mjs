/** The npm packages and the project's own Node 24. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { present, projectNode, root } from './paths.mjs';
import { run, SetupError, tail } from './process.mjs';

/**
 * Whether npm's record of what it installed (node_modules/.package-lock.json) has every package of the lock file at
 * its version. Optional packages may be absent: they are for other platforms.
 * @param {{ packages?: Record<string, { version?: string, optional?: boolean }> } | null} lock
 * @param {{ packages?: Record<string, { version?: string }> } | null} installed
 */
export function isInstalled(lock, installed) {
  if (lock?.packages === undefined || installed?.packages === undefined) return false;
  for (const [path, entry] of Object.entries(lock.packages)) {
    if (path === '') continue;
    const found = installed.packages[path];
    if (found === undefined ? entry.optional !== true : found.version !== entry.version) return false;
  }
  return true;
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

/**
 * Installs the packages when something is missing or out of date.
 * @param {() => void} opened called before a long install
 * @returns {Promise<string>} what was done
 */
export async function installPackages(opened) {
  const record = join(root, 'node_modules', '.package-lock.json');
  if (isInstalled(readJson(join(root, 'package-lock.json')), readJson(record))) return 'up to date';
  opened();
  // On Windows a running node.exe below node_modules cannot be removed, which is what `npm ci` begins with.
  const inside = process.platform === 'win32' && process.execPath.startsWith(join(root, 'node_modules'));
  let result = inside ? null : await npm(['ci']);
  // A lock file written where a registry hides other platforms' packages is refused by `npm ci`.
  if (result === null || /EUSAGE/.test(result.output)) result = await npm(['install', '--no-save']);
  if (result.code !== 0) {
    throw new SetupError(
      `npm could not install the packages:\n${tail(result.output)}\nCheck the network and npm's registry setting, then try again.`,
    );
  }
  return 'installed';
}

/**
 * Makes sure of node_modules/.bin/node. It comes from an install script, which some npm settings switch off.
 * @returns {Promise<string>} its version
 */
export async function ensureNode() {
  let version = await nodeVersion();
  if (version === null) {
    await npm(['rebuild', 'node', '--ignore-scripts=false']);
    version = await nodeVersion();
  }
  if (version === null) {
    throw new SetupError(
      "The project's own Node 24 is missing: npm did not run the install script of the package `node`.\n" +
        'Run `npm rebuild node --ignore-scripts=false` and look at its messages.',
    );
  }
  return version;
}

async function nodeVersion() {
  if (present(projectNode) === null) return null;
  const { code, output } = await run(projectNode, ['--version']);
  return code === 0 ? output.trim() : null;
}

/** Runs npm, through the very npm that started this script where there is one. */
function npm(args) {
  const env = {
    ...process.env,
    // The prebuilt libraries come as packages; nothing is to be downloaded or compiled besides.
    NODE_LLAMA_CPP_SKIP_DOWNLOAD: 'true',
    NODE_LLAMA_CPP_POSTINSTALL: 'skip',
  };
  const all = [...args, '--no-audit', '--no-fund', '--loglevel=error'];
  const cli = process.env.npm_execpath;
  if (cli?.endsWith('npm-cli.js')) return run(process.execPath, [cli, ...all], { env });
  return run('npm', all, { env, shell: process.platform === 'win32' });
}
