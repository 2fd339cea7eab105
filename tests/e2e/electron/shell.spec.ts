import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, type ElectronApplication, expect, type Page, test } from '@playwright/test';
import { findElectron, notInstalled } from '../../../scripts/lib/electron.mjs';
import { root } from '../../../scripts/lib/paths.mjs';
import { contentSecurityPolicy } from '../../../src-main/server/csp.ts';
import { callNames } from '../../../src-shared/contract/calls.ts';
import { openFirstSample, runToEnd } from '../flows.ts';

const binary = findElectron();
test.skip(binary === null, notInstalled);
test.describe.configure({ mode: 'serial' });

let folder: string;
let app: ElectronApplication;
let page: Page;

test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'specula-electron-'));
  app = await _electron.launch({
    executablePath: binary ?? undefined,
    args: [
      root,
      `--user-data-dir=${join(folder, 'user-data')}`,
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ],
    env: { ...process.env, SPECULA_HOME: join(folder, 'home') },
  });
  page = await app.firstWindow();
});

test.afterAll(async () => {
  await app?.close();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

test('the page comes from the app protocol with its content security policy', async () => {
  expect(page.url()).toMatch(/^app:\/\/specula\//);
  const seen = await page.evaluate(async () => ({
    policy: (await fetch('/')).headers.get('content-security-policy'),
    outside: (await fetch('/..%2f..%2fpackage.json')).status,
    evaluated: await new Promise((resolve) => {
      document.addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective));
      const script = document.createElement('script');
      script.textContent = 'window.injected = true';
      document.head.append(script);
    }),
  }));
  expect(seen).toEqual({ policy: contentSecurityPolicy, outside: 404, evaluated: 'script-src-elem' });
});

test('the page sees the contract and nothing of Node or Electron', async () => {
  const seen = await page.evaluate(() => {
    const bridge = window.specula;
    return {
      bridge: Object.keys(bridge ?? {}).sort(),
      calls: Object.keys(bridge?.calls ?? {}).sort(),
      globals: ['require', 'process', 'module', 'Buffer', 'ipcRenderer'].filter((name) => name in window),
    };
  });
  expect(seen).toEqual({ bridge: ['calls', 'on'], calls: [...callNames].sort(), globals: [] });
});

test('neither navigation nor new windows nor permissions leave the app', async () => {
  const before = page.url();
  const outcome = await page.evaluate(async () => {
    const opened = window.open('https://example.org/');
    location.assign('https://example.org/');
    const permission = await Notification.requestPermission();
    return { opened: opened !== null, permission };
  });
  expect(outcome).toEqual({ opened: false, permission: 'denied' });
  expect(page.url()).toBe(before);
  expect(app.windows()).toHaveLength(1);
});

test('a sample runs with the engine in a utility process', async () => {
  expect(await openFirstSample(page)).not.toBe('');
  await expect(page.getByRole('img', { name: /^Image of/ })).toBeVisible();
  await runToEnd(page);
  const engine = await app.evaluate(({ app: electron }) =>
    electron.getAppMetrics().some((metric) => metric.type === 'Utility' && metric.name === 'Specula engine'),
  );
  expect(engine).toBe(true);
});
