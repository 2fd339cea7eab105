import type { Locator, Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { addressOf, expectStatus, goTo } from './flows.ts';
import { recorded, runIds } from './recorded.ts';
import { expectShown } from './shown.ts';

const table = (page: Page): Locator => page.getByRole('grid', { name: 'Runs' });
const rows = (page: Page): Locator => table(page).locator('tbody tr');
const search = (page: Page): Locator => page.getByRole('searchbox', { name: 'Search runs' });
const column = (page: Page, name: string): Locator => table(page).getByRole('button', { name, exact: true });

/** Texts of a column, top to bottom; columns are counted after the check boxes. */
const cells = (page: Page, index: number): Promise<string[]> =>
  rows(page)
    .locator(`td:nth-child(${index + 2})`)
    .allTextContents();

test('the list has every run of the database with its numbers', async ({
  page,
  server,
  gatedRun,
  chainRun,
}) => {
  await goTo(page, 'Runs');
  for (const id of [gatedRun, chainRun]) {
    await search(page).fill(id);
    await expect(rows(page)).toHaveCount(1);
    const { summary } = recorded(server.home, id);
    const [
      status = '',
      sample = '',
      ,
      method = '',
      gate = '',
      mat = '',
      acceptance = '',
      ,
      rounds = '',
      tokens = '',
    ] = await rows(page).locator('td:not(:first-child)').allTextContents();
    const { spec } = summary;
    expect([status, sample, gate]).toEqual(['Done', spec.sampleId, `paper ${spec.gate.threshold}`]);
    expect(method).toContain(id === chainRun ? 'chain 4' : 'dynamic K8 D3 N30');
    expectShown(mat, summary.totals.newTokens / summary.totals.rounds);
    expectShown(acceptance, summary.totals.accepted / summary.totals.drafted);
    expect([Number(rounds), Number(tokens)]).toEqual([summary.totals.rounds, summary.totals.newTokens]);
  }
  await search(page).fill('');
  await expect(table(page)).toHaveAttribute('aria-rowcount', String(runIds(server.home).length + 1));
});

test('runs are sorted by any column and filtered by status', async ({ page, gatedRun, chainRun, server }) => {
  expect(gatedRun).not.toBe(chainRun);
  await server.record('--sample', 'specula_001', '--method', 'ar');
  await goTo(page, 'Runs');
  await column(page, 'Tokens').click();
  await expect(page.getByRole('columnheader', { name: 'Tokens' })).toHaveAttribute('aria-sort', 'descending');
  const down = (await cells(page, 9)).map(Number);
  expect(down).toEqual(down.toSorted((a, b) => b - a));
  await column(page, 'Tokens').click();
  const up = (await cells(page, 9)).map(Number);
  expect(up).toEqual(up.toSorted((a, b) => a - b));
  await expect.poll(() => addressOf(page).get('sort')).toBe('tokens');

  const done = page.getByRole('button', { name: /^Done \d+$/ });
  const count = Number(/\d+/.exec((await done.textContent()) ?? '')?.[0]);
  await done.click();
  await expect(table(page)).toHaveAttribute('aria-rowcount', String(count + 1));
  expect(new Set(await cells(page, 0))).toEqual(new Set(['Done']));
});

test('a run is opened by keys, with what it was made with in sight', async ({ page, server, chainRun }) => {
  await goTo(page, 'Runs');
  await expect(rows(page).first()).toBeVisible();
  await page.keyboard.press('/');
  await page.keyboard.type(chainRun);
  await expect(rows(page)).toHaveCount(1);
  await page.keyboard.press('Enter');
  await page.keyboard.press('ArrowDown');
  const facts = page.getByRole('region', { name: 'Run under the cursor' });
  await expect(facts).toContainText(chainRun);
  const { fingerprint } = recorded(server.home, chainRun).summary;
  await expect(facts).toContainText(fingerprint?.models.map(({ name }) => name).join(' + ') ?? 'no models');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`#/inspect\\?.*run=${chainRun}`));
  await expectStatus(page, 'Done');
});

test('runs are deleted from the list and the database', async ({ page, server, gatedRun }) => {
  const ids = [
    await server.record('--sample', 'specula_005', '--method', 'ar', '--max-tokens', '3'),
    await server.record('--sample', 'specula_005', '--method', 'ar', '--max-tokens', '4'),
  ];
  await goTo(page, 'Runs');
  await search(page).fill('specula_005');
  await expect(rows(page)).toHaveCount(2);
  await page.getByRole('checkbox', { name: 'Select all' }).click();
  await page.keyboard.press('Delete');
  const dialog = page.getByRole('alertdialog', { name: 'Delete 2 runs?' });
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  expect(runIds(server.home)).toEqual(expect.arrayContaining(ids));

  await page.getByRole('button', { name: 'Delete…' }).click();
  await dialog.getByRole('button', { name: 'Delete 2 runs' }).click();
  await expect(page.getByText('No run matches')).toBeVisible();
  for (const id of ids) expect(runIds(server.home)).not.toContain(id);
  expect(runIds(server.home)).toContain(gatedRun);

  // a link to it says that it is gone
  await page.goto('about:blank');
  await page.goto(new URL(`#/inspect?run=${ids[0]}`, server.address).href);
  await expect(page.getByRole('alert')).toContainText('The run could not be opened');
});
