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
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  server: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from this pattern
    async ({}, use) => withServer(use),
    { scope: 'worker', timeout: 90_000 },
  ],
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from this pattern
  faults: async ({}, use) => {
    const faults: string[] = [];
    await use(faults);
    expect(faults, 'errors that the page logged').toEqual([]);
  },
  page: async ({ page, server, faults }, use, info) => {
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(`console: ${message.text()} (${message.location().url})`);
    });
    page.on('pageerror', (error) => faults.push(`uncaught: ${error.stack ?? error.message}`));
    await page.goto(server.address);
    await use(page);
    if (info.status !== info.expectedStatus) {
      await info.attach('server log', { body: server.log(), contentType: 'text/plain' });
    }
  },
});
