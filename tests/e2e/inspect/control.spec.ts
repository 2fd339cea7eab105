import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures.ts';
import { addressOf, bar, control, expectStatus, header, runToEnd, setUp } from '../flows.ts';
import { enginePid, prepareLongRun, recordSlow } from '../long-runs.ts';
import { recorded, runIds } from '../recorded.ts';

let slowRun: string;
test.beforeAll(async ({ server }) => {
  slowRun = await recordSlow(server);
});

/** Rounds on the screen. */
async function rounds(page: Page): Promise<number> {
  const name = await page.getByRole('img', { name: /^Timeline of / }).getAttribute('aria-label');
  return Number(/\d+/.exec(name ?? '')?.[0]);
}

test('a run is stepped, continued, paused and stopped from the screen', async ({ page, server }) => {
  await prepareLongRun(page, slowRun);
  const before = runIds(server.home);
  await control(page, 'Decode one round, then pause').click();
  await expect.poll(() => addressOf(page).get('run')).not.toBe(slowRun);
  await expectStatus(page, 'Paused');
  const id = addressOf(page).get('run') ?? '';
  expect(before).not.toContain(id);
  await expect.poll(() => rounds(page)).toBe(1);
  expect(recorded(server.home, id)).toMatchObject({ summary: { status: 'paused' }, rounds: { length: 1 } });
  for (const field of await bar(page)
    .getByRole('button', { name: /^(Method|Gate|Models) / })
    .all()) {
    await expect(field).toBeDisabled();
  }

  await control(page, 'Decode one round').click();
  await expect.poll(() => rounds(page)).toBe(2);
  await expectStatus(page, 'Paused');
  expect(recorded(server.home, id).rounds).toHaveLength(2);

  await control(page, 'Continue').click();
  await expectStatus(page, 'Running');
  await expect.poll(() => rounds(page)).toBeGreaterThan(5);
  await control(page, 'Pause').click();
  await expectStatus(page, 'Paused');
  const paused = recorded(server.home, id);
  await expect.poll(() => rounds(page)).toBe(paused.rounds.length);
  await expect(page.locator('[data-token]')).toHaveCount(paused.tokens.length);

  await control(page, 'Stop').click();
  await expectStatus(page, 'Stopped');
  const stopped = recorded(server.home, id);
  expect(stopped.summary.status).toBe('stopped');
  expect(stopped.rounds.length).toBe(paused.rounds.length);
  await expect(page.getByRole('region', { name: 'Answer' })).toContainText('stopped here');
  await expect(control(page, 'Run')).toBeEnabled();
});

test('an engine that is killed loses no round, and the next run works', async ({ page, server }) => {
  await prepareLongRun(page, slowRun);
  await control(page, 'Run').click();
  await expect.poll(() => addressOf(page).get('run')).not.toBe(slowRun);
  await expect(page.getByRole('img', { name: /^Timeline of / })).toBeVisible();
  await expect.poll(() => rounds(page)).toBeGreaterThan(5);
  const seen = await rounds(page);
  process.kill(enginePid(server.pid), 'SIGKILL');

  await expectStatus(page, 'Crashed');
  const id = addressOf(page).get('run') ?? '';
  const run = recorded(server.home, id);
  expect(run.summary.status).toBe('crashed');
  expect(run.summary.reason).toContain('SIGKILL');
  expect(run.rounds.length).toBeGreaterThanOrEqual(seen);
  const reason = run.summary.reason ?? 'no reason';
  await expect(header(page).getByRole('alert')).toContainText(reason, { ignoreCase: true });
  await expect.poll(() => rounds(page)).toBe(run.rounds.length);
  await expect(page.locator('[data-token]')).toHaveCount(run.tokens.length);
  await expect(page.getByRole('contentinfo')).toContainText('1 restart');

  // the first set is the one that runs have unless something else is chosen
  await setUp(page, 'Models', async (form) => {
    await form.getByRole('combobox', { name: 'Model set' }).click();
    await page
      .getByRole('option', { name: /^Specula tiny/ })
      .first()
      .click();
  });
  const next = await runToEnd(page);
  const { status, spec } = recorded(server.home, next).summary;
  expect(status).toBe('done');
  expect(spec.target).not.toBe(run.summary.spec.target);
});
