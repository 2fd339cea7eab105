/**
 * `npm start`: sets up what is missing, then opens the workbench in Electron, or serves the same workbench to the
 * browser where Electron's binary cannot be had.
 *
 *   npm start                      Electron if possible
 *   npm start -- --browser         the browser in any case; further options go to `specula serve`
 */
import { buildElectron } from './lib/builds.mjs';
import { ensureElectron } from './lib/electron.mjs';
import { supervise } from './lib/foreground.mjs';
import { projectNode, root } from './lib/paths.mjs';
import { report } from './lib/process.mjs';
import { setup } from './setup.mjs';

/** An Electron that ends with an error this soon never showed its window. */
const startMs = 10_000;

async function main(args) {
  const browser = args.includes('--browser');
  const rest = args.filter((arg) => arg !== '--browser');
  const { step } = await setup({ extra: browser ? 0 : 1 });
  let why = null;
  if (!browser) {
    let electron = { reason: 'not looked for' };
    await step('Electron', async (opened) => {
      electron = await ensureElectron(opened);
      return 'path' in electron ? `found, app ${await buildElectron(opened)}` : 'not available';
    });
    if ('path' in electron) {
      const code = await runElectron(electron.path, rest);
      if (typeof code === 'number') return code;
      why = `Electron ended at its start: ${code.reason}`;
    } else {
      why = `Electron binary not available (${electron.reason})`;
    }
  }
  if (why !== null) console.log(`${why}; serving the workbench to the browser instead`);
  return serve(rest);
}

/** @returns {Promise<number | { reason: string }>} exit status, or why no window came up */
async function runElectron(path, args) {
  const env = { ...process.env };
  delete env.ELECTRON_RUN_AS_NODE;
  // Chromium refuses its sandbox to root
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const started = performance.now();
  const { code, signal, asked } = await supervise(path, [root, ...sandbox, ...args], { env });
  const early = performance.now() - started < startMs;
  if (early && code !== 0 && !asked) return { reason: signal ?? `exit status ${code}` };
  return code;
}

/** Serves to the browser until Ctrl+C; the command opens a browser by itself where there is a desktop. */
async function serve(args) {
  const { code } = await supervise(projectNode, ['src-main/cli.ts', 'serve', ...args]);
  return code;
}

main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
}, report);
