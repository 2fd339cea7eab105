import { required } from '../../../src-shared/domain/assert.ts';
import { expect, test } from '../fixtures.ts';
import { addressOf, openLink } from '../flows.ts';
import { bytesOf, recorded } from '../recorded.ts';

test('the answer is searched, narrowed, coloured and copied', async ({ page, server, chainRun, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const run = recorded(server.home, chainRun);
  const answer = run.tokens.map(({ id }) => bytesOf(run, id).toString('utf8')).join('');
  const pane = page.getByRole('region', { name: 'Answer' });
  const shown = () =>
    pane
      .locator('[data-token]')
      .evaluateAll((all) => all.map((token) => Number(token.getAttribute('data-token'))));
  await openLink(page, `#/inspect?run=${chainRun}`);
  await expect(pane.locator('[data-token]')).toHaveCount(run.tokens.length);

  // A text that begins in one token and ends in the next.
  const [first, second] = run.tokens.slice(4, 6).map(({ id }) => bytesOf(run, id).toString('utf8'));
  const wanted = `${required(first, 'a token').slice(-2)}${required(second, 'a token').slice(0, 2)}`;
  const matches = answer.toLowerCase().split(wanted.toLowerCase()).length - 1;
  await page.keyboard.press('/');
  await page.keyboard.type(wanted);
  await expect(pane.getByRole('status')).toHaveText(matches === 1 ? '1 match' : `${matches} matches`);
  await page.keyboard.press('Enter');
  await expect(pane.getByRole('status')).toHaveText(`1 of ${matches}`);
  await expect.poll(() => addressOf(page).get('token')).not.toBeNull();
  await page.keyboard.press('Escape');
  await expect(pane.getByRole('status')).toBeHidden();

  const skips = run.tokens.flatMap((t, i) => (run.rounds[t.round]?.gate.skipped === true ? [i] : []));
  await pane.getByRole('button', { name: 'Show only' }).click();
  await page.getByRole('menuitem', { name: 'Only skips' }).click();
  await expect.poll(shown).toEqual(skips);
  await expect(pane).toContainText(`${skips.length} of ${run.tokens.length} tokens`);
  expect(addressOf(page).get('only')).toBe('skipped');

  await pane.getByRole('button', { name: 'Copy' }).click();
  await page.getByRole('menuitem', { name: 'Shown tokens as a table (TSV)' }).click();
  await expect(page.getByText('Copied the tokens as a table')).toBeVisible();
  const table = await page.evaluate(() => navigator.clipboard.readText());
  expect(table.trim().split('\n')).toHaveLength(skips.length + 1);
  await pane.getByRole('button', { name: 'Show all tokens' }).click();
  await pane.getByRole('button', { name: 'Copy' }).click();
  await page.getByRole('menuitem', { name: 'Answer as text' }).click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(answer);

  await pane.getByRole('button', { name: 'Colour tokens by' }).click();
  await page.getByRole('menuitem', { name: 'Visual score r' }).click();
  await expect(pane).toContainText('Visual score r');
  const largest = run.tokens.reduce(
    (best, t, i) => ((t.score ?? 0) > (run.tokens[best]?.score ?? 0) ? i : best),
    0,
  );
  const background = (place: number) =>
    pane.locator(`[data-token="${place}"]`).evaluate((token) => getComputedStyle(token).backgroundColor);
  // The end of cividis.
  expect(await background(largest)).toBe('rgb(253, 234, 69)');
  expect(new Set(await Promise.all([0, 1, 2, 3].map(background))).size).toBeGreaterThan(1);
});

test('a greedy run is compared with a recorded run of plain decoding', async ({ page, server, chainRun }) => {
  const { sampleId } = recorded(server.home, chainRun).summary.spec;
  const plain = recorded(server.home, await server.record('--sample', sampleId, '--method', 'ar'));
  await openLink(page, `#/inspect?run=${chainRun}&only=differs`);
  const pane = page.getByRole('region', { name: 'Answer' });
  // The chain run may have a lower limit of tokens; what it has is plain decoding's beginning.
  const { tokens } = recorded(server.home, chainRun);
  expect(plain.tokens.slice(0, tokens.length).map(({ id }) => id)).toEqual(tokens.map(({ id }) => id));
  await expect(pane).toContainText(
    `none of ${tokens.length} tokens; plain decoding gave ${plain.tokens.length} tokens`,
  );
});
