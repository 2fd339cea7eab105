import type { Locator, Page } from '@playwright/test';
import { expect, test } from '../fixtures.ts';
import { addressOf, choose, control, expectStatus, openLink } from '../flows.ts';
import { markedText, recorded, runIds, tokensOf } from '../recorded.ts';

const pane = (page: Page): Locator => page.getByRole('region', { name: 'Debugger' });

/** Opens a run with the debugger beside it and no breakpoints. */
async function debug(page: Page, run: string): Promise<void> {
  await page.evaluate(() => {
    localStorage.setItem('specula.inspect.debugger', 'open');
    localStorage.removeItem('specula.inspect.breakpoints');
  });
  await openLink(page, `#/inspect?run=${run}`);
  await expect(pane(page).getByRole('region', { name: 'Breakpoints' })).toBeVisible();
}

async function addBreakpoint(page: Page, kind: string): Promise<void> {
  await pane(page).getByRole('button', { name: 'Add' }).click();
  await page.getByRole('menuitem', { name: kind }).click();
}

/** Takes the settings of the shown run and starts a new one, which is stopped by a breakpoint. */
async function runToBreak(page: Page, before: string): Promise<string> {
  const settings = page.getByRole('button', { name: 'Use its settings' });
  if (await settings.isVisible()) await settings.click();
  await control(page, 'Run').click();
  await expect.poll(() => addressOf(page).get('run'), { timeout: 60_000 }).not.toBe(before);
  await expectStatus(page, 'Paused');
  return addressOf(page).get('run') ?? '';
}

test('a breakpoint stops the run, says why, and the run is walked, taken back, forked and stopped by keys', async ({
  page,
  server,
  gatedRun,
}) => {
  const reference = recorded(server.home, gatedRun);
  await debug(page, gatedRun);
  await addBreakpoint(page, 'Text of the answer');
  const text = pane(page).getByRole('textbox', { name: 'Text', exact: true });
  await pane(page).getByRole('button', { name: 'pattern' }).click();
  await text.fill('(');
  await expect(pane(page).getByRole('alert')).toContainText(/regular expression/i);
  // A breakpoint on what stands in the answer anyway.
  const word =
    /[a-z]{3,}/.exec(
      reference.tokens
        .slice(3, 9)
        .map((t) => markedText(reference, t.id))
        .join(''),
    )?.[0] ?? '';
  await text.fill(word);
  const run = await runToBreak(page, gatedRun);
  await expect(pane(page).getByRole('status').first()).toContainText(`text matches /${word}/`);
  const stopped = recorded(server.home, run);
  expect(stopped.rounds.length).toBeLessThan(reference.rounds.length);
  expect(stopped.tokens.map((t) => t.id)).toEqual(
    reference.tokens.slice(0, stopped.tokens.length).map((t) => t.id),
  );

  // One comparison per committed token of the newest round; the walk's end decodes the next one.
  const walk = pane(page).getByRole('region', { name: 'Verification' });
  const last = stopped.rounds.length - 1;
  await expect(walk.getByRole('listitem')).toHaveCount(tokensOf(stopped, last).length);
  await page.keyboard.press('s');
  await expect.poll(() => recorded(server.home, run).rounds.length).toBe(stopped.rounds.length + 1);
  await expectStatus(page, 'Paused');
  await expect(walk).toContainText(`Verification of round ${last + 1}`);
  await expect(walk.getByRole('listitem').first().getByRole('button')).toHaveAttribute(
    'aria-current',
    'step',
  );

  await page.keyboard.press('b');
  await expect.poll(() => recorded(server.home, run).rounds.length).toBe(stopped.rounds.length);
  await expect(page.locator('[data-token]')).toHaveCount(stopped.tokens.length);

  await pane(page)
    .getByRole('button', { name: /^Fork after round/ })
    .click();
  const dialog = page.getByRole('dialog', { name: 'Continue as a fork' });
  await choose(dialog, 'Gate', 'Off');
  await dialog.getByRole('button', { name: 'Continue' }).click();
  await expect.poll(() => addressOf(page).get('run')).not.toBe(run);
  const forkId = addressOf(page).get('run') ?? '';
  await expect
    .poll(() => recorded(server.home, forkId).summary.status, { timeout: 60_000 })
    .not.toBe('running');
  const forked = recorded(server.home, forkId);
  expect(recorded(server.home, run).summary.status).toBe('stopped');
  expect(forked.summary.fork).toMatchObject({ parent: run, round: stopped.rounds.length });
  expect(forked.rounds.slice(0, stopped.rounds.length)).toEqual(stopped.rounds);
  expect(forked.rounds.slice(stopped.rounds.length).every((r) => !r.gate.skipped)).toBe(true);
  const tree = pane(page).getByRole('region', { name: 'Forks' });
  await expect(tree.getByRole('button')).toHaveCount(2);
  await expect(tree).toContainText('gate off');
  if (forked.summary.status === 'paused') await control(page, 'Stop').click();
});

test('a token is set on a recorded run, from the list and by text; text of several tokens is refused', async ({
  page,
  server,
  gatedRun,
}) => {
  const reference = recorded(server.home, gatedRun);
  await debug(page, gatedRun);
  await page.locator('[data-token="4"]').click();
  const set = pane(page).getByRole('region', { name: 'Set a token' });
  const field = set.getByRole('textbox', { name: 'Text of one token' });
  await field.fill('a red cube on it');
  await field.press('Enter');
  await expect(set.getByRole('status')).toContainText('only one can be set', { timeout: 60_000 });
  const before = runIds(server.home).length;
  await set.getByRole('listitem').getByRole('button', { disabled: false }).first().click();
  await expect.poll(() => runIds(server.home).length).toBe(before + 1);
  await expect.poll(() => addressOf(page).get('run')).not.toBe(gatedRun);
  const forkId = addressOf(page).get('run') ?? '';
  await expectStatus(page, 'Paused');
  await expect.poll(() => recorded(server.home, forkId).rounds.length).toBeGreaterThan(0);
  await control(page, 'Continue').click();
  await expectStatus(page, 'Done');
  const forked = recorded(server.home, forkId);
  expect(forked.tokens.slice(0, 4).map((t) => t.id)).toEqual(reference.tokens.slice(0, 4).map((t) => t.id));
  expect(forked.tokens[4]).toMatchObject({ origin: 'user' });
  expect(forked.tokens[4]?.id).not.toBe(reference.tokens[4]?.id);
  await expect(page.locator('[data-token="4"]')).toHaveAttribute('data-origin', 'user');
});
