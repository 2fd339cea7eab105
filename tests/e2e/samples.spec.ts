import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { builtInFolder, builtInSamples } from '../fixtures/samples.ts';
import { expect, test } from './fixtures.ts';
import { addressOf, openLink } from './flows.ts';

const cards = (page: Page): Locator => page.getByRole('listbox', { name: 'Samples' }).getByRole('option');
const table = (page: Page): Locator => page.getByRole('grid', { name: 'Samples' });
const rows = (page: Page): Locator => table(page).locator('tbody tr');
const search = (page: Page): Locator => page.getByRole('searchbox', { name: 'Search samples' });

test('topics and words narrow the list, and the address keeps them', async ({ page }) => {
  const { samples } = await builtInSamples();
  const signs = samples.filter(({ topic: own }) => own === 'text vqa');
  const shown = signs.filter(({ turns }) => turns.some((turn) => /number is shown/.test(turn)));
  expect(shown.length).toBeGreaterThan(1);
  const all = page.getByText(`${samples.length} samples`, { exact: true });
  await expect(all).toBeVisible();
  const topic = page.getByRole('button', { name: `text vqa ${signs.length}` });
  await topic.click();
  await expect(topic).toHaveAttribute('aria-pressed', 'true');
  await expect(page.getByText(`${signs.length} of ${samples.length} samples`)).toBeVisible();
  await expect(cards(page).first()).toContainText(signs[0]?.id ?? 'a sample of the topic');

  await search(page).fill('shown number');
  await expect(cards(page)).toHaveCount(shown.length);
  for (const card of await cards(page).all()) await expect(card).toContainText('What number is shown');
  await expect.poll(() => addressOf(page).get('q')).toBe('shown number');

  await openLink(page, new URL(page.url()).hash);
  await expect(cards(page)).toHaveCount(shown.length);

  await search(page).fill('no such words');
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await expect(all).toBeVisible();
});

test('the table has the same samples, sorted by any column', async ({ page }) => {
  await page.getByRole('button', { name: 'Table', exact: true }).click();
  await expect(table(page)).toHaveAttribute('aria-rowcount', '241');
  await expect(rows(page).first()).toContainText('specula_001');
  await table(page).getByRole('button', { name: 'Turns' }).click();
  await expect(page.getByRole('columnheader', { name: 'Turns' })).toHaveAttribute('aria-sort', 'descending');
  await expect(rows(page).first()).toContainText('multi-turn conversation');
  await table(page).getByRole('button', { name: 'Sample', exact: true }).click();
  await expect(page.getByRole('columnheader', { name: 'Sample' })).toHaveAttribute('aria-sort', 'ascending');
  await table(page).getByRole('button', { name: 'Sample', exact: true }).click();
  await expect(rows(page).first()).toContainText('specula_240');
});

test('only what is in sight is drawn, and the pictures are those of the samples', async ({ page }) => {
  await expect(cards(page).first()).toBeVisible();
  expect(await cards(page).count()).toBeLessThan(240);
  const picture = cards(page).first().locator('img');
  await expect
    .poll(() => picture.evaluate((image) => (image instanceof HTMLImageElement ? image.naturalWidth : 0)))
    .toBeGreaterThan(0);
});

test('keys move through the list, search it and open a sample', async ({ page }) => {
  await expect(cards(page).first()).toBeVisible();
  await page.keyboard.press('ArrowDown');
  await expect(cards(page).first()).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('ArrowRight');
  await expect(cards(page).nth(1)).toHaveAttribute('aria-selected', 'true');

  await page.keyboard.press('v');
  await expect(rows(page).nth(1)).toHaveAttribute('data-cursor', 'true');
  await page.keyboard.press('ArrowDown');
  await expect(rows(page).nth(2)).toHaveAttribute('data-cursor', 'true');
  await page.keyboard.press('End');
  await expect(page.getByRole('row').filter({ hasText: 'specula_240' })).toHaveAttribute(
    'data-cursor',
    'true',
  );

  await page.keyboard.press('/');
  await expect(search(page)).toBeFocused();
  await page.keyboard.type('specula_142');
  await expect(rows(page)).toHaveCount(1);
  await page.keyboard.press('Enter');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/#\/inspect\?.*sample=specula_142/);
});

test('a folder is added with its bad lines listed, and taken out again', async ({ page }) => {
  const folder = mkdtempSync(join(tmpdir(), 'specula-data-set-'));
  try {
    mkdirSync(join(folder, 'images'));
    copyFileSync(join(builtInFolder, 'images', 'specula_001.png'), join(folder, 'images', 'one.png'));
    const sample = {
      id: 'good',
      image: 'one.png',
      turns: ['What is this?'],
      category: 'scene',
      topic: 'own',
    };
    const lines = [
      JSON.stringify(sample),
      '{ this is no JSON',
      JSON.stringify({ ...sample, id: 'outside', image: '../../secret.png' }),
      JSON.stringify({ ...sample, id: 'silent', turns: [] }),
    ];
    writeFileSync(join(folder, 'mmspec.jsonl'), lines.join('\n'));

    await page.getByRole('button', { name: 'Data sets: add or remove' }).click();
    await page.getByRole('menuitem', { name: 'Add a data set…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Add a data set' });
    await dialog.getByRole('textbox', { name: 'Folder' }).fill(join(folder, 'nowhere'));
    await dialog.getByRole('button', { name: 'Add data set' }).click();
    await expect(dialog.getByRole('alert')).toContainText('nowhere');
    await dialog.getByRole('textbox', { name: 'Folder' }).fill(folder);
    await dialog.getByRole('button', { name: 'Add data set' }).click();

    const problems = page.getByRole('dialog', { name: /^3 problems in/ });
    await expect(problems).toContainText('1 sample can be used');
    const listed = problems.locator('tbody tr');
    await expect(listed).toHaveCount(3);
    await expect(listed.nth(0)).toContainText(/^2/);
    await expect(listed.nth(1)).toContainText('outside');
    await expect(listed.nth(2)).toContainText('silent');
    await page.keyboard.press('Escape');
    await expect(problems).toBeHidden();
    await expect(cards(page)).toHaveCount(1);
    await expect(cards(page)).toContainText('good');

    // corrected and read again
    writeFileSync(join(folder, 'mmspec.jsonl'), JSON.stringify(sample));
    await page.getByRole('button', { name: '3 problems' }).click();
    await problems.getByRole('button', { name: 'Read again' }).click();
    await expect(problems).toBeHidden();
    await expect(page.getByRole('button', { name: '3 problems' })).toBeHidden();

    await page.getByRole('button', { name: 'Data sets: add or remove' }).click();
    await page.getByRole('menuitem', { name: 'Remove this data set from the list…' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click();
    await expect(page.getByText('240 samples', { exact: true })).toBeVisible();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
