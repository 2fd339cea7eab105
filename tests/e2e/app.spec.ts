import { expect, test } from './fixtures.ts';

test('opens the workbench with its screens', async ({ page }) => {
  const screens = page.getByRole('navigation', { name: 'Screens' });
  await expect(screens.getByRole('link')).toHaveText(['Samples', 'Inspect', 'Runs']);
  for (const name of ['Inspect', 'Runs', 'Samples']) {
    await screens.getByRole('link', { name }).click();
    await expect(page).toHaveURL(new RegExp(`#/${name.toLowerCase()}`));
  }
});
