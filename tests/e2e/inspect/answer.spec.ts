import type { Page } from '@playwright/test';
import { tokenOrigins } from '../../../src-shared/domain/token.ts';
import { expect, test } from '../fixtures.ts';
import { bar, choose, openLink, openSample, runToEnd, setThreshold, setUp } from '../flows.ts';
import { bytesOf, type Recorded, recorded } from '../recorded.ts';
import { expectShown, factsOf } from '../shown.ts';

/** Tokens of the answer as they are on the screen. */
function shownTokens(page: Page): Promise<{ text: string; origin: string }[]> {
  return page
    .getByRole('region', { name: 'Answer' })
    .locator('[data-token]')
    .evaluateAll((spans) =>
      spans.map((span) => ({
        text: span.textContent ?? '',
        origin: span instanceof HTMLElement ? (span.dataset.origin ?? '') : '',
      })),
    );
}

function recordedTokens(run: Recorded): { text: string; origin: string }[] {
  return run.tokens.map(({ id, origin }) => ({ text: bytesOf(run, id).toString('utf8'), origin }));
}

test('a run from the screen shows exactly the recorded tokens and totals', async ({
  page,
  server,
  gatedRun,
}) => {
  const { sampleId, gate } = recorded(server.home, gatedRun).summary.spec;
  await openSample(page, sampleId);
  await expect(bar(page).getByRole('button', { name: /^Method/ })).toHaveText(/tree K8 D3 N30/);
  await setUp(page, 'Gate', async (form) => {
    await choose(form, 'Gate', 'ViSkip');
    await setThreshold(form, gate.threshold);
  });
  const run = recorded(server.home, await runToEnd(page));

  expect(run.summary.spec).toMatchObject({
    sampleId,
    method: { name: 'draft-model', shape: { kind: 'dynamic' } },
    gate,
  });
  expect(run.tokens.length).toBeGreaterThan(20);
  expect(await shownTokens(page)).toEqual(recordedTokens(run));

  const totals = run.summary.totals;
  const shown = await factsOf(page.getByRole('main').locator('header dl'));
  expectShown(shown.get('MAT') ?? '', totals.newTokens / totals.rounds);
  expectShown(shown.get('acceptance') ?? '', totals.accepted / totals.drafted);
  expect(shown.get('accepted / drafted')).toBe(`${totals.accepted} / ${totals.drafted}`);
  expect(shown.get('rounds')).toBe(String(run.rounds.length));
  expect(shown.get('tokens')).toBe(String(run.tokens.length));
  expect(shown.get('skipped')).toBe(String(run.rounds.filter((round) => round.gate.skipped).length));
  expect(totals.skipped).toBeGreaterThan(0);
});

test('all six origins are told apart and counted', async ({ page, server, chainRun }) => {
  const run = recorded(server.home, chainRun);
  expect(new Set(run.tokens.map(({ origin }) => origin))).toEqual(new Set(tokenOrigins));

  await openLink(page, `#/inspect?run=${chainRun}`);
  await expect(page.locator('[data-token]')).toHaveCount(run.tokens.length);
  expect(await shownTokens(page)).toEqual(recordedTokens(run));

  const names = ['prefill', 'accepted draft', 'correction', 'bonus', 'plain', 'plain, gate'];
  const counts = tokenOrigins.map((origin) => run.tokens.filter((token) => token.origin === origin).length);
  await expect(page.getByRole('list', { name: 'Origins of the tokens' }).getByRole('listitem')).toHaveText(
    names.map((name, i) => `${name} ${counts[i]}`),
  );
  // Without colour as well: no two origins have the same line under them.
  const lines = await page
    .getByRole('list', { name: 'Origins of the tokens' })
    .locator('i')
    .evaluateAll((swatches) =>
      swatches.map((swatch) => {
        const style = getComputedStyle(swatch);
        const sides = ['Top', 'Bottom'] as const;
        return sides
          .map((side) => `${style[`border${side}Style`]} ${style[`border${side}Width`]}`)
          .join(', ');
      }),
    );
  expect(new Set(lines).size, lines.join('; ')).toBe(lines.length);
});

test('the card of a token says what is recorded about it', async ({ page, server, chainRun }) => {
  const run = recorded(server.home, chainRun);
  await openLink(page, `#/inspect?run=${chainRun}`);
  for (const origin of ['accepted', 'correction', 'forced-plain'] as const) {
    const at = run.tokens.findIndex((token) => token.origin === origin);
    const token = run.tokens[at];
    if (token === undefined) throw new Error(`no ${origin} token`);
    await page.locator(`[data-token="${at}"]`).hover();
    const card = page.getByRole('tooltip').filter({ hasText: `id ${token.id}` });
    await expect(card).toContainText(`round ${token.round}`);
    const facts = await factsOf(card);
    expectShown(facts.get('p target') ?? '', token.pTarget);
    expect(facts.get('p target')).toContain(`#${token.targetRank + 1}`);
    if (token.pDraft === null) expect(facts.get('p draft')).toBe('not offered');
    else expectShown(facts.get('p draft') ?? '', token.pDraft);
    expectShown(facts.get('entropy') ?? '', token.entropy);
    expectShown(facts.get('margin') ?? '', token.margin);
    expectShown(facts.get('r') ?? '', token.score ?? Number.NaN);
  }
});
