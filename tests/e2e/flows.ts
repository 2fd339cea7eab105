/** What a user does, step by step; the same in the browser and in Electron. */
import { expect, type Locator, type Page } from '@playwright/test';

/** Parameters of the view's address, e.g. `addressOf(page).get('run')`. */
export function addressOf(page: Page): URLSearchParams {
  const { hash } = new URL(page.url());
  return new URLSearchParams(hash.slice(hash.indexOf('?')));
}

/** Goes to a screen by the rail. */
export async function goTo(page: Page, screen: 'Samples' | 'Inspect' | 'Runs'): Promise<void> {
  await page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: screen }).click();
}

/** Opens an address within the window, e.g. "#/inspect?run=...", as a pasted link does. */
export async function openLink(page: Page, hash: string): Promise<void> {
  const here = new URL(page.url());
  await page.goto('about:blank');
  await page.goto(new URL(hash, here.origin).href);
}

/** Opens the first sample of the list in Inspect. Returns its id. */
export async function openFirstSample(page: Page): Promise<string> {
  await goTo(page, 'Samples');
  await page.getByRole('listbox', { name: 'Samples' }).getByRole('option').first().dblclick();
  await expect(page).toHaveURL(/#\/inspect\?.*sample=/);
  return addressOf(page).get('sample') ?? '';
}

/** Finds a sample by its id and opens it in Inspect. */
export async function openSample(page: Page, id: string): Promise<void> {
  await goTo(page, 'Samples');
  await page.getByRole('searchbox', { name: 'Search samples' }).fill(id);
  await page.getByRole('listbox', { name: 'Samples' }).getByRole('option', { name: id }).dblclick();
  await expect(page).toHaveURL(new RegExp(`#/inspect\\?.*sample=${id}`));
}

type Setting = 'Models' | 'Method' | 'Gate' | 'Sampling' | 'Prompt' | 'Capture' | 'Engine';

/** Opens a setting of the bar, lets `change` work in its form, and closes it. */
export async function setUp(
  page: Page,
  setting: Setting,
  change: (form: Locator) => Promise<void>,
): Promise<void> {
  await bar(page)
    .getByRole('button', { name: new RegExp(`^${setting} `) })
    .click();
  const form = page.getByRole('dialog', { name: setting, exact: true });
  await change(form);
  await page.keyboard.press('Escape');
  await expect(form).toBeHidden();
}

/** Presses one of a group of choices in a form. */
export async function choose(form: Locator, group: string, choice: string): Promise<void> {
  const button = form.getByRole('group', { name: group }).getByRole('button', { name: choice, exact: true });
  await button.click();
  await expect(button).toHaveAttribute('aria-pressed', 'true');
}

/** Sets the gate's threshold in its form. */
export async function setThreshold(form: Locator, threshold: number): Promise<void> {
  await form.getByRole('slider', { name: 'Threshold of r' }).fill(String(threshold));
}

/** Chooses from a drop-down list. */
export async function pick(page: Page, list: Locator, option: string | RegExp): Promise<void> {
  await list.click();
  await page.getByRole('option', { name: option }).click();
}

/** The bar at the top of Inspect: settings and the run's buttons. */
export const bar = (page: Page): Locator => page.getByRole('toolbar', { name: 'Set-up of the next run' });

/** A button of the run: "Run", "Continue", "Pause", "Stop", or a label like "Decode one round". */
export const control = (page: Page, name: string): Locator =>
  bar(page).getByRole('button', { name, exact: true });

/** The line under the bar: status and totals of the run that is shown. */
export const header = (page: Page): Locator => page.getByRole('main').locator('header').first();

/** Waits until the run that is shown has the status, e.g. "Done". */
export async function expectStatus(page: Page, status: string): Promise<void> {
  await expect(header(page).getByText(status, { exact: true })).toBeVisible({ timeout: 60_000 });
}

/** Presses Run, waits until the new run has ended, and returns its id. */
export async function runToEnd(page: Page): Promise<string> {
  const before = addressOf(page).get('run');
  await control(page, 'Run').click();
  await expect.poll(() => addressOf(page).get('run'), { timeout: 60_000 }).not.toBe(before);
  await expectStatus(page, 'Done');
  await expect(control(page, 'Run')).toBeEnabled();
  return addressOf(page).get('run') ?? '';
}
