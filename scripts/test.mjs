/**
 * Sets up and runs every test; ends with `N passed, M failed, K skipped` and the exit status 1 when something failed.
 *
 *   npm test                 everything
 *   npm test -- unit e2e     only these parts: check, unit, integration, e2e, electron
 */
import { buildElectron } from './lib/builds.mjs';
import { findElectron } from './lib/electron.mjs';
import { report, SetupError } from './lib/process.mjs';
import { seconds } from './lib/progress.mjs';
import { parts, playwrightParts, runChecks, runPlaywright, runVitest, vitestParts } from './lib/suites.mjs';
import { sum, totalsLine } from './lib/totals.mjs';
import { setup } from './setup.mjs';

async function main(asked) {
  const unknown = asked.find((part) => !parts.includes(part));
  if (unknown !== undefined) {
    throw new SetupError(`There is no part named ${unknown} in the tests. Parts: ${parts.join(', ')}`);
  }
  const chosen = asked.length === 0 ? parts : asked;
  const started = performance.now();
  const electron = chosen.includes('electron') && findElectron() !== null;
  const { chromium, step } = await setup({ tests: chosen.includes('e2e'), extra: electron ? 1 : 0 });
  if (electron) await step('Electron app', buildElectron);

  const totals = [];
  if (chosen.includes('check')) totals.push(await runChecks());
  const projects = vitestParts.filter((part) => chosen.includes(part));
  if (projects.length > 0) totals.push(await runVitest(projects));
  const browsers = Object.keys(playwrightParts).filter((part) => chosen.includes(part));
  if (browsers.length > 0) {
    const names = browsers.map((part) => playwrightParts[part]);
    totals.push(await runPlaywright(names, chromium));
  }

  const all = sum(totals);
  console.log(`tests took ${seconds(performance.now() - started)}`);
  console.log(totalsLine(all));
  process.exitCode = all.failed === 0 ? 0 : 1;
}

main(process.argv.slice(2)).catch(report);
