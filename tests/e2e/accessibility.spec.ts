import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { bar, goTo, openLink, openSample, pick } from './flows.ts';

/** Serious and critical findings of axe, as lines that name rule and element. `within`: selector of the part to look at. */
async function findings(page: Page, within = 'body'): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).include(within).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(
        (node) =>
          `${id}: ${node.target.join(' ')} ${node.html.slice(0, 160)} ${node.failureSummary?.split('\n')[1] ?? ''}`,
      ),
    );
}

for (const theme of ['light', 'dark'] as const) {
  test.describe(`in the ${theme} theme`, () => {
    // Half-way through an animation colours are not what they will be.
    test.use({ colorScheme: theme, contextOptions: { reducedMotion: 'reduce' } });

    test('Samples has no serious finding', async ({ page }) => {
      await expect(page.getByRole('option').first()).toBeVisible();
      await page.keyboard.press('ArrowDown');
      expect(await findings(page)).toEqual([]);
      await page.getByRole('button', { name: 'Table', exact: true }).click();
      await expect(page.getByRole('grid', { name: 'Samples' })).toBeVisible();
      expect(await findings(page)).toEqual([]);
    });

    test('Inspect has no serious finding', async ({ page, gatedRun, chainRun }) => {
      await openSample(page, 'specula_001');
      await expect(page.getByRole('img', { name: /^Image of/ })).toBeVisible();
      expect(await findings(page)).toEqual([]);
      await openLink(page, `#/inspect?run=${gatedRun}&round=0`);
      await expect(page.getByRole('treeitem').first()).toBeVisible();
      expect(await findings(page)).toEqual([]);
      await openLink(page, `#/inspect?run=${chainRun}&token=5`);
      await expect(page.getByRole('treeitem').first()).toBeVisible();
      expect(await findings(page)).toEqual([]);
      for (const setting of ['Models', 'Method', 'Gate', 'Sampling', 'Prompt', 'Capture', 'Engine']) {
        await bar(page)
          .getByRole('button', { name: new RegExp(`^${setting} `) })
          .click();
        await expect(page.getByRole('dialog', { name: setting })).toBeVisible();
        expect(await findings(page, '[role="dialog"]'), setting).toEqual([]);
        await page.keyboard.press('Escape');
        await expect(page.getByRole('dialog', { name: setting })).toBeHidden();
      }
    });

    test('every view of the attention has no serious finding', async ({ page, gatedRun }) => {
      for (const look of [
        '',
        '&look=heads',
        '&look=layers',
        '&look=score',
        '&against=2',
        '&layer=1&head=0',
      ]) {
        await openLink(page, `#/inspect?run=${gatedRun}&token=6${look}`);
        await expect(page.getByRole('treeitem').first()).toBeVisible();
        expect(await findings(page, '[aria-label="Image"]'), look).toEqual([]);
      }
      await openLink(page, `#/inspect?run=${gatedRun}&token=6`);
      await page.getByRole('listbox', { name: /^Patches of the image/ }).press('Space');
      await expect(page.getByRole('region', { name: /^Tokens that look/ })).toBeVisible();
      expect(await findings(page)).toEqual([]);
      for (const name of ['How maps are drawn', 'Capture again']) {
        await page.getByRole('button', { name }).click();
        await expect(page.getByRole('dialog', { name })).toBeVisible();
        expect(await findings(page, '[role="dialog"]'), name).toEqual([]);
        await page.keyboard.press('Escape');
      }
    });

    test('every pane of Inspect has no serious finding', async ({ page, gatedRun }) => {
      await openLink(page, `#/inspect?run=${gatedRun}&round=2&whatIf=true&debugger=true&otherDraft=true`);
      const pane = (name: string) => page.getByRole('region', { name, exact: true });
      await expect(pane('What if').getByRole('img', { name: /^Curve/ })).toBeVisible();
      await expect(pane('Debugger')).toBeVisible();
      await expect(pane('Other draft')).toContainText('would Prompt lookup have drafted');
      expect(await findings(page)).toEqual([]);
      await pane('Other draft').getByRole('button', { name: /^pld/ }).click();
      await expect(page.getByRole('dialog', { name: 'Other method' })).toBeVisible();
      expect(await findings(page, '[role="dialog"]')).toEqual([]);
      await pick(page, page.getByRole('combobox', { name: 'Method' }), 'Draft model');
      await page.keyboard.press('Escape');
      await page.keyboard.press('Shift+O');
      await expect(pane('Other draft').getByRole('treeitem').first()).toBeVisible({ timeout: 60_000 });
      expect(await findings(page)).toEqual([]);
    });

    test('Runs has no serious finding', async ({ page, gatedRun }) => {
      expect(gatedRun).not.toBe('');
      await goTo(page, 'Runs');
      await page.getByRole('row').nth(1).click();
      await expect(page.getByRole('region', { name: 'Run under the cursor' })).toContainText('Sampling');
      expect(await findings(page)).toEqual([]);
      await page.keyboard.press('Delete');
      await expect(page.getByRole('alertdialog')).toBeVisible();
      expect(await findings(page)).toEqual([]);
    });

    test('dialogs of every screen have no serious finding', async ({ page }) => {
      await page.keyboard.press('Shift+?');
      await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
      expect(await findings(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: /^Engine:/ }).click();
      await expect(page.getByRole('heading', { name: /^Engine:/ })).toBeVisible();
      expect(await findings(page)).toEqual([]);
    });
  });
}
