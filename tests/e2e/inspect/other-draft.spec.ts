import type { Locator, Page } from '@playwright/test';
import { required } from '../../../src-shared/domain/assert.ts';
import { expect, test } from '../fixtures.ts';
import { addressOf, openLink, pick } from '../flows.ts';
import { type Recorded, recorded, runIds } from '../recorded.ts';

const pane = (page: Page): Locator => page.getByRole('region', { name: 'Other draft' });

/** The numbers of the pane by their names. */
async function facts(page: Page): Promise<Map<string, string>> {
  const rows = await pane(page)
    .locator('dl > div')
    .evaluateAll((items) => items.map((item) => Array.from(item.children, (cell) => cell.textContent ?? '')));
  return new Map(rows.map(([name = '', value = '']) => [name, value]));
}

/** Rounds of `own` and the plain run's round at the same place, those of the prompt left out. */
function pairs(own: Recorded, plain: Recorded) {
  return own.rounds
    .filter(({ firstToken }) => firstToken > 0)
    .map((round) => ({
      round,
      at: required(
        plain.rounds.find((r) => r.turn === round.turn && r.firstToken === round.firstToken),
        'the plain run’s round',
      ).index,
    }));
}

test('another method’s draft beside the round: what the target takes of it is what a run with that method has there', async ({
  page,
  server,
}) => {
  const command = ['--sample', 'specula_082', '--max-tokens', '40', '--gpu', 'cpu', '--threads', '1'];
  const plainId = await server.record(...command, '--method', 'ar');
  const plain = recorded(server.home, plainId);
  const own = recorded(server.home, await server.record(...command));
  const before = runIds(server.home);
  const { round, at } = required(
    pairs(own, plain).find((pair) => pair.round.accepted > 0 && pair.round.accepted < pair.round.drafted),
    'a round with accepted and refused tokens',
  );

  await openLink(page, `#/inspect?run=${plainId}&round=${at}`);
  await expect(page.getByRole('region', { name: 'Draft tree' })).toContainText('no draft');
  await page.keyboard.press('o');
  await expect.poll(() => addressOf(page).get('otherDraft')).toBe('true');
  await expect(pane(page)).toContainText('What would Prompt lookup have drafted here?');
  await pane(page).getByRole('button', { name: /^pld/ }).click();
  const form = page.getByRole('dialog', { name: 'Other method' });
  await form.getByRole('combobox', { name: 'Method' }).click();
  await expect(page.getByRole('option', { name: 'Plain' })).toHaveCount(0);
  await page.keyboard.press('Escape');
  await pick(page, form.getByRole('combobox', { name: 'Method' }), 'Draft model');
  // The plain run has no draft model: the one of its target's set is taken.
  await expect(form.getByRole('combobox', { name: 'Draft', exact: true })).not.toContainText('None');
  await page.keyboard.press('Escape');

  await pane(page).getByRole('button', { name: 'Draft', exact: true }).click();
  await expect(pane(page).getByRole('tree')).toBeVisible({ timeout: 60_000 });
  const shown = await facts(page);
  expect(shown.get('accepted')).toBe(`${round.accepted} of ${round.drafted}`);
  expect(shown.get('tokens of one pass')).toBe(String(round.accepted + 1));
  expect(shown.get('this round’s own')).toBe('1');
  // Recounted from the recorded answer: the target takes a drafted path as far as the answer goes along it.
  const tree = required(own.details[round.index], 'the round').tree;
  const answer = plain.tokens
    .filter((t) => t.turn === round.turn && t.index >= round.firstToken)
    .map(({ id }) => id);
  let node = 0;
  let along = 0;
  for (;;) {
    const next = tree.parents.findIndex(
      (parent, i) => parent === node && i < tree.verified && tree.tokens[i] === answer[along],
    );
    if (next < 1) break;
    node = next;
    along++;
  }
  expect(round.accepted).toBe(along);
  await expect(pane(page)).toContainText('The recorded answer has exactly these tokens');
  await pane(page).getByRole('tree').focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect(pane(page).getByRole('treeitem', { selected: true })).toBeVisible();
  // The round that is open stays selected, and its run as it was.
  expect(addressOf(page).get('round')).toBe(String(at));
  expect(runIds(server.home)).toEqual(before);
  expect(recorded(server.home, plainId)).toEqual(plain);

  // Another round has none yet; the one before is still there, without the engine.
  await openRound(page, at + 1);
  await expect(pane(page)).toContainText('What would Draft model have drafted here?');
  await page.keyboard.press('Shift+O');
  await expect(pane(page).getByRole('tree')).toBeVisible({ timeout: 60_000 });
  await openRound(page, at);
  expect((await facts(page)).get('accepted')).toBe(`${round.accepted} of ${round.drafted}`);

  await openRound(page, 0);
  await expect(pane(page)).toContainText('prompt’s own row');
  await expect(pane(page).getByRole('button', { name: 'Draft', exact: true })).toBeDisabled();
  await pane(page).getByRole('button', { name: 'Close the other draft' }).click();
  await expect(pane(page)).toHaveCount(0);
  expect(addressOf(page).get('otherDraft')).toBeNull();
});

async function openRound(page: Page, round: number): Promise<void> {
  const field = page.getByPlaceholder('Go to round');
  await field.fill(String(round));
  await field.press('Enter');
  await expect.poll(() => addressOf(page).get('round')).toBe(String(round));
}
