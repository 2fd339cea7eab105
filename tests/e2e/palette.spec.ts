import AxeBuilder from '@axe-core/playwright';
import { expect, test } from './fixtures.ts';
import { addressOf, openLink } from './flows.ts';

test('the palette finds commands, samples and runs by keys alone', async ({ page, gatedRun }) => {
  await openLink(page, '#/samples');
  await expect(page.getByRole('listbox', { name: 'Samples' })).toBeVisible();
  await page.keyboard.press('ControlOrMeta+k');
  const palette = page.getByRole('dialog', { name: 'Command palette' });
  const field = palette.getByRole('combobox');
  await expect(field).toBeFocused();
  await expect(palette.getByRole('option', { name: /^Inspect/ })).toBeVisible();

  await field.fill('specula_003');
  await expect(palette.getByRole('option').first()).toContainText('specula_003');
  await page.keyboard.press('Enter');
  await expect(palette).toBeHidden();
  await expect.poll(() => addressOf(page).get('sample')).toBe('specula_003');

  await page.keyboard.press('ControlOrMeta+k');
  await field.fill(gatedRun);
  await expect(palette.getByRole('option')).toHaveCount(1);
  await page.keyboard.press('Enter');
  await expect.poll(() => addressOf(page).get('run')).toBe(gatedRun);
  await expect(page.locator('[data-token]').first()).toBeVisible();

  await page.keyboard.press('ControlOrMeta+k');
  await field.fill('newest');
  await expect(palette.getByRole('option')).toHaveText(/Follow the newest round/);
  await page.keyboard.press('Enter');
  await expect(palette).toBeHidden();

  await page.keyboard.press('ControlOrMeta+k');
  await field.fill('zzzz');
  await expect(palette).toContainText('Nothing that can be done now');
  await page.keyboard.press('Escape');
  await expect(palette).toBeHidden();
});

for (const theme of ['light', 'dark'] as const) {
  test(`the palette has no accessibility faults (${theme})`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: theme });
    await openLink(page, '#/samples');
    await page.getByRole('button', { name: 'Command palette' }).click();
    await page.getByRole('combobox', { name: /Search commands/ }).fill('s');
    const { violations } = await new AxeBuilder({ page }).include('[role="dialog"]').analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  });
}
