/**
 * Makes a checkout ready to run: system tools, packages, the native addon, the renderer. Plain JavaScript for
 * Node >= 20 without packages, because it runs before any is installed. Each step is skipped when nothing changed.
 *
 *   node scripts/setup.mjs [--tests]     --tests: also make sure of a Chromium for the browser tests
 */
import { pathToFileURL } from 'node:url';
import { buildNative, NativeBuildError } from './build-native.mjs';
import { buildRenderer } from './lib/builds.mjs';
import { ensureChromium } from './lib/chromium.mjs';
import { ensureNode, installPackages } from './lib/packages.mjs';
import { report, SetupError } from './lib/process.mjs';
import { stepPrinter } from './lib/progress.mjs';
import { missingTools } from './lib/tools.mjs';

/**
 * @param {{ tests?: boolean, extra?: number }} [options] `extra`: how many steps the caller will add
 * @returns {Promise<{ step: ReturnType<typeof stepPrinter>, chromium: string | null }>}
 */
export async function setup(options = {}) {
  checkNode();
  let chromium = null;
  const step = stepPrinter(4 + (options.tests ? 1 : 0) + (options.extra ?? 0));
  await step('system tools', async () => {
    const missing = await missingTools();
    if (missing.length > 0) {
      throw new SetupError(
        `Missing on this machine (name: command that installs it)\n  ${missing.join('\n  ')}`,
      );
    }
    return 'found';
  });
  await step('packages', async (opened) => `${await installPackages(opened)}, Node ${await ensureNode()}`);
  await step('native engine', buildAddon);
  await step('renderer', buildRenderer);
  if (options.tests) {
    await step('Chromium', async (opened) => {
      chromium = await ensureChromium(opened);
      return chromium;
    });
  }
  return { step, chromium };
}

async function buildAddon(opened) {
  let tenth = 0;
  const log = (line) => {
    // one line per file would push everything else off the screen: every tenth of the way is enough
    const percent = /^\s*(\d+)%/.exec(line)?.[1];
    if (percent !== undefined) {
      if (Number(percent) < tenth + 10) return;
      tenth = Math.floor(Number(percent) / 10) * 10;
    }
    opened();
    console.log(`    ${line}`);
  };
  try {
    const { release, built } = await buildNative({ log });
    return `${built ? 'built' : 'up to date'}, llama.cpp ${release}`;
  } catch (error) {
    throw error instanceof NativeBuildError ? new SetupError(error.message) : error;
  }
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 11)) {
    throw new SetupError(`Specula needs Node >= 20.11; this is ${process.version}. See https://nodejs.org`);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    await setup({ tests: process.argv.includes('--tests') });
  } catch (error) {
    report(error);
  }
}
