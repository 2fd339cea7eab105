/**
 * What browser tests start from: `server` is one real server per worker (own home folder, free port, token), `page`
 * is logged in to it. A test fails when the page logs an error, unless it takes the errors out of `faults` itself.
 */
import { test as base, expect } from '@playwright/test';
import { cutForPlain, gated, originNeeds, recordUntil, treeNeeds } from './searched.ts';
import { type TestServer, withServer } from './server.ts';

export { expect };

interface TestFixtures {
  /** console errors, uncaught exceptions and failed requests of the page, oldest first */
  readonly faults: string[];
}

interface WorkerFixtures {
  readonly server: TestServer;
  /** id of a run of the built-in models with a dynamic tree and the gate, and attention of all layers; see `treeNeeds` */
  readonly gatedRun: string;
  /** id of a run with a chain, in which tokens of all six origins occur */
  readonly chainRun: string;
}

/** Pictures that are not square, with answers of some forty to eighty words. */
const described = ['specula_082', 'specula_090', 'specula_089', 'specula_114', 'specula_098', 'specula_004'];

export const test = base.extend<TestFixtures, WorkerFixtures>({
  server: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from this pattern
    async ({}, use) => withServer(use),
    { scope: 'worker', timeout: 90_000 },
  ],
  gatedRun: [
    async ({ server }, use) =>
      use(await recordUntil(server, gated(described, '--capture', 'all'), treeNeeds)),
    { scope: 'worker', timeout: 180_000 },
  ],
  chainRun: [
    async ({ server }, use) => {
      const chains = gated(described, '--chain', '4');
      await use(
        await recordUntil(server, chains, originNeeds, (command, run) => {
          const limit = cutForPlain(run);
          return limit === null ? null : [...command, '--max-tokens', String(limit)];
        }),
      );
    },
    { scope: 'worker', timeout: 180_000 },
  ],
  faults: async ({ server }, use, info) => {
    const faults: string[] = [];
    await use(faults);
    if (info.status !== info.expectedStatus || faults.length > 0) {
      await info.attach('server log', { body: server.log(), contentType: 'text/plain' });
    }
    expect(faults, 'errors that the page logged').toEqual([]);
  },
  page: async ({ page, server, faults }, use) => {
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(`console: ${message.text()} (${message.location().url})`);
    });
    page.on('pageerror', (error) => faults.push(`uncaught: ${error.stack ?? error.message}`));
    await page.goto(server.address);
    await expect(page.getByRole('navigation', { name: 'Screens' })).toBeVisible();
    await use(page);
  },
});
