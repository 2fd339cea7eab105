/** The parts of `npm test`: each runs one tool and gives its counts. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { projectNode, root, tool } from './paths.mjs';
import { run } from './process.mjs';
import { playwrightSkips, playwrightTotals, settle, vitestTotals } from './totals.mjs';

export const vitestParts = ['unit', 'integration'];
export const playwrightParts = { e2e: 'browser', electron: 'electron' };
export const parts = ['check', ...vitestParts, ...Object.keys(playwrightParts)];

const sources = ['src-shared', 'src-main', 'src-preload', 'src-renderer', 'tests', 'models/train'];
const checks = [
  { name: 'format and lint (biome)', args: [tool('@biomejs/biome/bin/biome'), 'check', '.'] },
  { name: 'promises and unions (oxlint)', args: [tool('oxlint/bin/oxlint'), '--type-aware', ...sources] },
  { name: 'types (tsc)', args: [tool('typescript/bin/tsc'), '-p', 'tsconfig.json'] },
];

/** Child programs find the project's Node first. */
function environment(extra = {}) {
  const path = [join(root, 'node_modules', '.bin'), dirname(projectNode), process.env.PATH ?? ''];
  return { ...process.env, PATH: path.join(delimiter), ...extra };
}

const node = (args, extra) => run(projectNode, args, { show: true, env: environment(extra) });

/**
 * Static checks are no tests: they are not counted while they hold, and as a failure each when they do not.
 * @returns {Promise<import('./totals.mjs').Totals>}
 */
export async function runChecks() {
  let failed = 0;
  for (const { name, args } of checks) {
    const { code } = await node(args);
    console.log(`${name}: ${code === 0 ? 'ok' : 'failed'}`);
    if (code !== 0) failed += 1;
  }
  return { passed: 0, failed, skipped: 0 };
}

/** @param {readonly string[]} projects */
export function runVitest(projects) {
  return withReport(async (file) => {
    const chosen = projects.flatMap((project) => ['--project', project]);
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
    const { code } = await node([tool('vitest/vitest.mjs'), 'run', ...chosen, ...reporters]);
    return settle(vitestTotals(readReport(file)), code);
  });
}

/** @param {readonly string[]} projects @param {string | null} chromium path of the browser to use */
export function runPlaywright(projects, chromium) {
  return withReport(async (file) => {
    const chosen = projects.map((project) => `--project=${project}`);
    const extra = {
      PLAYWRIGHT_JSON_OUTPUT_FILE: file,
      ...(chromium === null ? {} : { SPECULA_CHROMIUM: chromium }),
    };
    const { code } = await node(
      [tool('@playwright/test/cli.js'), 'test', ...chosen, '--reporter=list,json'],
      extra,
    );
    const report = readReport(file);
    for (const skip of playwrightSkips(report)) console.log(`skipped: ${skip}`);
    return settle(playwrightTotals(report), code);
  });
}

/** A folder for the runner's report, gone afterwards. */
async function withReport(work) {
  const folder = mkdtempSync(join(tmpdir(), 'specula-test-'));
  try {
    return await work(join(folder, 'report.json'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}
