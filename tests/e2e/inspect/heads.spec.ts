import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { draftHead, type HeadShape } from '../../fixtures/gguf/heads.ts';
import { encodeGguf } from '../../fixtures/gguf/writer.ts';
import { expect, test } from '../fixtures.ts';
import { bar, openFirstSample, pick, runToEnd, setUp } from '../flows.ts';
import { recorded } from '../recorded.ts';

/** Sizes of the built-in target. */
const fitting = { width: 256, vocab: 1216, heads: 4, kvHeads: 4, headLength: 64 };

function headFile(name: string, shape: Partial<HeadShape>): string {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'specula-e2e-heads-')), `${name}.gguf`);
  const content = draftHead(shape, 5);
  const metadata = new Map(content.metadata).set('general.name', name);
  writeFileSync(file, encodeGguf({ ...content, metadata }));
  return file;
}

test('a method with a head is offered the heads that fit, told why others do not, and runs', async ({
  page,
  server,
}) => {
  await server.cli('models', 'add', headFile('other width', { kind: 'eagle' }));
  await server.cli('models', 'add', headFile('fits', { kind: 'eagle', ...fitting }));
  await server.cli('models', 'add', headFile('of another kind', { kind: 'msd', ...fitting }));
  await page.reload();
  await openFirstSample(page);
  await setUp(page, 'Method', async (form) => {
    await pick(page, form.getByRole('combobox', { name: 'Method' }), 'EAGLE-2');
  });
  await setUp(page, 'Models', async (form) => {
    const list = form.getByRole('combobox', { name: 'Draft head' });
    await expect(list).toContainText('specula-tiny-head-eagle');
    await list.click();
    const option = (name: RegExp) => page.getByRole('option', { name });
    await expect(option(/^fits.*eagle head/)).toBeEnabled();
    await expect(option(/other width.*width 128, the target's have 256/)).toBeDisabled();
    await expect(option(/of another kind.*needs one of kind eagle/)).toBeDisabled();
    await page.keyboard.press('Escape');
  });
  await expect(bar(page).getByRole('button', { name: /^Method / })).toContainText('eagle2');
  const { summary, rounds } = recorded(server.home, await runToEnd(page));
  expect(summary.status).toBe('done');
  expect(rounds.some((round) => round.drafted > 8)).toBe(true);
  expect(rounds.some((round) => round.accepted > 2)).toBe(true);
  await expect(page.getByRole('region', { name: 'Draft tree' })).toBeVisible();
});
