/**
 * What browser tests start from: `server` is one real server per worker (own home folder, free port, token), `page`
 * is logged in to it. A test fails when the page logs an error, unless it takes the errors out of `faults` itself.
 */
import { test as base, expect } from '@playwright/test';
import { type TestServer, withServer } from './server.ts';

export { expect };

interface TestFixtures {
  /** console errors, uncaught exceptions and failed requests of the page, oldest first */
  readonly faults: string[];
}

interface WorkerFixtures {
  readonly server: TestServer;
  /** id of a run of the built-in models with a dynamic tree and the gate, and attention of all layers */
  readonly gatedRun: string;
  /** id of a run with a chain, in which tokens of all six origins occur */
  readonly chainRun: string;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  server: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from this pattern
    async ({}, use) => withServer(use),
    { scope: 'worker', timeout: 90_000 },
  ],
  gatedRun: [
    async ({ server }, use) =>
      use(await server.record('--sample', 'starter_027', '--gate', 'paper', '--capture', 'all')),
    { scope: 'worker' },
  ],
  chainRun: [
    async ({ server }, use) => {
      const chain = ['--sample', 'starter_027', '--chain', '4', '--gate', 'paper', '--max-tokens', '28'];
      await use(await server.record(...chain));
    },
    { scope: 'worker' },
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
