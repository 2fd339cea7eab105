import type { Locator, Page } from '@playwright/test';
import type { RunDetail } from '../../../src-shared/contract/calls.ts';
import { required } from '../../../src-shared/domain/assert.ts';
import { expect, test } from '../fixtures.ts';
import { addressOf, openLink } from '../flows.ts';
import { type Recorded, recorded, runIds } from '../recorded.ts';

const pane = (page: Page): Locator => page.getByRole('region', { name: 'What if' });
const slider = (page: Page): Locator => pane(page).getByRole('slider', { name: 'Threshold of r' });

/** The numbers of the pane by their names. */
async function facts(page: Page): Promise<Map<string, string>> {
  const rows = await pane(page)
    .locator('dl > div')
    .evaluateAll((items) => items.map((item) => Array.from(item.children, (cell) => cell.textContent ?? '')));
  return new Map(rows.map(([name = '', value = '']) => [name, value]));
}

/** Counts rounds token by token from a survey's record, without the code under test. */
function bruteForce(survey: RunDetail, threshold: number) {
  const scores = survey.tokens.map(({ score }) => score);
  let [rounds, skipped, accepted] = [0, 0, 0];
  for (const turn of survey.turns) {
    const first = survey.tokens.findIndex((token) => token.turn === turn.index);
    const count = survey.tokens.filter((token) => token.turn === turn.index).length;
    rounds++;
    for (let root = 0; root < count - 1; ) {
      rounds++;
      const there = required(
        survey.rounds.find((round) => round.turn === turn.index && round.firstToken === root + 1),
        'the survey’s round',
      );
      const score = scores[first + root] ?? null;
      const asked = there.noDraft !== 'last-token';
      if (asked && score !== null && score >= threshold) {
        skipped++;
        root++;
      } else {
        accepted += there.gate.forgone ?? 0;
        root += 1 + (there.gate.forgone ?? 0);
      }
    }
  }
  return { rounds, skipped, accepted };
}

test('what-if numbers equal a recount and a real run, after a survey that the pane makes', async ({
  page,
  server,
}) => {
  const command = ['--sample', 'specula_082', '--max-tokens', '40', '--gpu', 'cpu', '--threads', '1'];
  const id = await server.record(...command, '--gate', 'probe', '--threshold', '0.3');
  await openLink(page, `#/inspect?run=${id}`);
  const button = page.getByRole('button', { name: 'What if', exact: true });
  await expect(button).toHaveAttribute('aria-expanded', 'false');
  await button.click();
  await expect.poll(() => addressOf(page).get('whatIf')).toBe('true');
  await expect(pane(page)).toContainText('assumed at tokens where none was made');
  await expect(slider(page)).toHaveValue('0.3');

  await pane(page).getByRole('button', { name: 'Survey' }).click();
  await expect(pane(page)).toContainText('rounds and tokens exact', { timeout: 90_000 });
  // The run that is open stays open.
  expect(addressOf(page).get('run')).toBe(id);
  const surveyId = required(runIds(server.home)[0], 'the survey');
  const survey: Recorded = recorded(server.home, surveyId);
  expect(survey.summary.spec.gate.mode).toBe('survey');

  const expectRecount = async () => {
    const threshold = Number(await slider(page).inputValue());
    const expected = bruteForce(survey, threshold);
    const shown = await facts(page);
    expect(Number(shown.get('rounds'))).toBe(expected.rounds);
    expect(Number(shown.get('skipped'))).toBe(expected.skipped);
    const without = bruteForce(survey, Number.POSITIVE_INFINITY);
    expect(Number(shown.get('accepted lost'))).toBe(without.accepted - expected.accepted);
    expect(shown.get('assumed')).toBe('nothing');
    return { threshold, rounds: expected.rounds };
  };
  await expectRecount();
  await slider(page).focus();
  await page.keyboard.press('ArrowLeft');
  await expect(slider(page)).toHaveValue('0.295');
  await expectRecount();
  for (let i = 0; i < 20; i++) await page.keyboard.press('ArrowLeft');
  await expect(slider(page)).toHaveValue('0.195');
  const { threshold, rounds } = await expectRecount();
  await page.keyboard.press('Home');
  await expectRecount();
  await page.keyboard.press('End');
  await expectRecount();
  await expect(pane(page).getByRole('img', { name: /^Curve over all thresholds/ })).toBeVisible();

  const real = await server.record(...command, '--gate', 'paper', '--threshold', String(threshold));
  expect(recorded(server.home, real).rounds).toHaveLength(rounds);

  await pane(page).getByRole('button', { name: 'Close what-if' }).click();
  await expect(pane(page)).toHaveCount(0);
  expect(addressOf(page).get('whatIf')).toBeNull();
});

test('runs that allow no what-if say why', async ({ page, server }) => {
  const id = await server.record(
    '--sample',
    'specula_161',
    '--method',
    'ar',
    '--max-tokens',
    '8',
    '--gpu',
    'cpu',
  );
  await openLink(page, `#/inspect?run=${id}&whatIf=true`);
  await expect(pane(page)).toContainText('Plain decoding drafts nothing, so there is nothing to skip.');
});
