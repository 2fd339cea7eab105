import { required } from '../../../src-shared/domain/assert.ts';
import { expect, test } from '../fixtures.ts';
import { openLink } from '../flows.ts';
import { markedText, recorded, tokensOf } from '../recorded.ts';

test('every kind of round has a sentence that names what was recorded', async ({
  page,
  server,
  chainRun,
}) => {
  const run = recorded(server.home, chainRun);
  const tree = page.getByRole('region', { name: 'Draft tree' });
  const own = (round: number) => required(tokensOf(run, round).at(-1), 'the last token of the round');
  for (const origin of ['prefill', 'correction', 'bonus', 'forced-plain'] as const) {
    const round = required(
      run.rounds.find(({ index }) => own(index).origin === origin),
      `a round that ends with ${origin}`,
    );
    await openLink(page, `#/inspect?run=${chainRun}&round=${round.index}`);
    const text = `«${markedText(run, own(round.index).id)}»`;
    await expect(tree).toContainText(text);
    if (origin === 'prefill') await expect(tree).toContainText(`the target put ${text}`);
    if (origin === 'bonus') await expect(tree).toContainText(`all accepted; bonus ${text}`);
    if (origin === 'forced-plain') await expect(tree).toContainText('the gate forbade drafting: r ');
    if (origin === 'correction') {
      const { tree: drafted } = required(run.details[round.index], 'the tree of the round');
      const refused = drafted.fates.indexOf('not-chosen');
      const label = markedText(run, required(drafted.tokens[refused], 'the refused token'));
      await expect(tree).toContainText(`«${label}» refused: target preferred ${text}`);
      await expect(tree).toContainText('while looking at the image with');
    }
  }
});

test('the diagnosis counts every offer by depth, word and place', async ({ page, server, gatedRun }) => {
  const run = recorded(server.home, gatedRun);
  const offers = run.tokens.filter(({ origin }) => origin === 'accepted' || origin === 'correction');
  await openLink(page, `#/inspect?run=${gatedRun}`);
  await page.getByRole('button', { name: 'Diagnosis' }).click();
  const dialog = page.getByRole('dialog', { name: 'Where acceptance dies' });
  await expect(dialog.getByRole('rowheader', { name: 'right after one' })).toBeVisible();
  const first = dialog.getByRole('row', { name: /^depth 1, once reached/ });
  const drafting = run.rounds.filter(({ drafted }) => drafted > 0);
  const hit = drafting.filter(({ accepted }) => accepted > 0).length;
  const asked =
    hit + offers.filter((t) => t.origin === 'correction' && run.rounds[t.round]?.accepted === 0).length;
  await expect(first.getByRole('cell').nth(0)).toHaveText(String(hit));
  await expect(first.getByRole('cell').nth(1)).toHaveText(String(asked));
  for (const group of ['By depth', 'By kind of word', 'Near the image']) {
    const rows = dialog
      .locator('tbody', { has: page.getByText(group) })
      .getByRole('row')
      .filter({ has: page.getByRole('cell') });
    const counts = await rows.evaluateAll((all) =>
      all.map((row) => Number(row.querySelectorAll('td')[1]?.textContent)),
    );
    expect(
      counts.reduce((a, b) => a + b, 0),
      group,
    ).toBe(offers.length);
  }
});
