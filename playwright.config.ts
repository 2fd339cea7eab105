import { defineConfig } from '@playwright/test';
import { findChromium } from './scripts/lib/chromium.mjs';

/** Project `browser` uses the workbench as `specula serve` gives it; `electron` drives the built app. */
export default defineConfig({
  testDir: 'tests/e2e',
  outputDir: 'test-results',
  // each worker starts a server with an engine, and models are decoded on the same cores
  workers: 1,
  fullyParallel: false,
  forbidOnly: Boolean(process.env.CI),
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: 'list',
  projects: [
    {
      name: 'browser',
      testIgnore: 'electron/**',
      use: {
        viewport: { width: 1440, height: 900 },
        trace: 'off',
        screenshot: 'only-on-failure',
        launchOptions: {
          executablePath: findChromium() ?? undefined,
          // Chromium refuses its sandbox to root, which CI containers run as
          args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
        },
      },
    },
    { name: 'electron', testMatch: 'electron/**/*.spec.ts' },
  ],
});
