/** What a user does, step by step; the same in the browser and in Electron. */
import { expect, type Page } from '@playwright/test';

/** Opens the first sample of the list in Inspect. Returns its id. */
export async function openFirstSample(page: Page): Promise<string> {
  await page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: 'Samples' }).click();
  await page.getByRole('listbox', { name: 'Samples' }).getByRole('option').first().dblclick();
  await expect(page).toHaveURL(/#\/inspect\?.*sample=/);
  const address = new URL(page.url());
  return new URLSearchParams(address.hash.slice(address.hash.indexOf('?'))).get('sample') ?? '';
}

/** Presses Run and waits until the run has ended: Run can be pressed again, and the list says Done. */
export async function runToEnd(page: Page): Promise<void> {
  const run = page.getByRole('button', { name: 'Run', exact: true });
  await run.click();
  await expect(page).toHaveURL(/run=/);
  await expect(run).toBeVisible({ timeout: 60_000 });
  await page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: 'Runs' }).click();
  await expect(page.getByRole('row').filter({ hasText: 'Done' })).toHaveCount(1);
}
