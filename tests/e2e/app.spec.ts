import { expect, test } from './fixtures.ts';
import { expectStatus, goTo, openFirstSample, runToEnd } from './flows.ts';

test('opens the workbench with its screens', async ({ page }) => {
  const screens = page.getByRole('navigation', { name: 'Screens' });
  await expect(screens.getByRole('link')).toHaveText(['Samples', 'Inspect', 'Runs']);
  for (const name of ['Inspect', 'Runs', 'Samples']) {
    await screens.getByRole('link', { name }).click();
    await expect(page).toHaveURL(new RegExp(`#/${name.toLowerCase()}`));
  }
});

test('a sample runs, and its run is there after a restart of the server', async ({ page, server }) => {
  const sample = await openFirstSample(page);
  const run = await runToEnd(page);
  // a window left open would, rightly, complain about the lost connection
  await page.goto('about:blank');
  await server.restart();
  await page.goto(server.address);
  await goTo(page, 'Runs');
  await page.getByRole('searchbox', { name: 'Search runs' }).fill(run);
  await page.getByRole('row').filter({ hasText: 'Done' }).dblclick();
  await expect(page).toHaveURL(new RegExp(`run=${run}`));
  await expect(page.getByRole('img', { name: `Image of ${sample} with attention` })).toBeVisible();
  await expectStatus(page, 'Done');
});

test('without the token nothing is served', async ({ request, server }) => {
  const response = await request.get(new URL('/', server.address).href);
  expect(response.status()).toBe(401);
});
