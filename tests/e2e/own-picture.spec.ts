import type { Locator, Page } from '@playwright/test';
import sharp from 'sharp';
import { expect, test } from './fixtures.ts';
import { addressOf, goTo, runToEnd } from './flows.ts';
import { recorded } from './recorded.ts';

const dialog = (page: Page): Locator => page.getByRole('dialog', { name: 'Ask about this picture' });

const picture = (width: number, height: number): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 3, background: '#2040c0' } })
    .png()
    .toBuffer();

interface Given {
  readonly name: string;
  readonly type: string;
  readonly bytes: Buffer;
}

/** Fires an event of the window with a file, as dragging or pasting does. */
async function give(
  page: Page,
  event: 'dragenter' | 'drop' | 'paste',
  { name, type, bytes }: Given,
): Promise<void> {
  await page.evaluate(
    ({ kind, file }) => {
      const data = new DataTransfer();
      const content = Uint8Array.from(atob(file.base64), (c) => c.charCodeAt(0));
      data.items.add(new File([content], file.name, { type: file.type }));
      const options = { bubbles: true, cancelable: true };
      document.body.dispatchEvent(
        kind === 'paste'
          ? new ClipboardEvent(kind, { ...options, clipboardData: data })
          : new DragEvent(kind, { ...options, dataTransfer: data }),
      );
    },
    { kind: event, file: { name, type, base64: bytes.toString('base64') } },
  );
}

test('a picture dropped on the window is asked about, shown and decoded', async ({ page, server }) => {
  const file = { name: 'blue.png', type: 'image/png', bytes: await picture(320, 200) };
  await give(page, 'dragenter', file);
  await expect(page.getByText('Drop a picture to ask about it')).toBeVisible();
  await give(page, 'drop', file);
  await expect(page.getByText('Drop a picture to ask about it')).toHaveCount(0);
  await expect(dialog(page)).toContainText('blue.png, 320 × 200 px');
  await expect(dialog(page).getByRole('img', { name: 'blue.png' })).toBeVisible();
  await dialog(page).getByRole('textbox', { name: 'Question' }).fill('What color is the picture?');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/#\/inspect\?.*sample=own_001/);
  await expect(page.getByRole('heading', { name: 'Image' })).toBeVisible();
  const { turns, summary } = recorded(server.home, await runToEnd(page));
  expect(turns[0]).toMatchObject({ user: 'What color is the picture?', image: { width: 320, height: 200 } });
  expect(summary.spec.sampleId).toBe('own_001');
  await goTo(page, 'Samples');
  await expect(page.getByRole('combobox', { name: 'Data set' })).toBeVisible();
});

test('a picture is pasted or picked from a list of files too', async ({ page }) => {
  // Long before it is needed: the browser is told to hand file choosers over, which a key pressed at once may overtake.
  const chooser = page.waitForEvent('filechooser');
  await give(page, 'paste', { name: 'image.png', type: 'image/png', bytes: await picture(64, 64) });
  await expect(dialog(page)).toContainText('64 × 64 px');
  await dialog(page).getByRole('button', { name: 'Cancel' }).click();
  await expect(dialog(page)).toHaveCount(0);

  await page.keyboard.press('i');
  await (await chooser).setFiles({ name: 'own.png', mimeType: 'image/png', buffer: await picture(90, 30) });
  await expect(dialog(page)).toContainText('own.png, 90 × 30 px');
  await page.keyboard.press('Escape');
  await expect(dialog(page)).toHaveCount(0);
  expect(addressOf(page).get('sample')).toBeNull();
});

test('a file that is no usable picture says why and what to do, and nothing is added', async ({ page }) => {
  const good = await picture(400, 300);
  const bad: readonly [Given, RegExp][] = [
    [
      { name: 'notes.txt', type: 'text/plain', bytes: Buffer.from('hello') },
      /no known picture format; convert it to PNG/,
    ],
    [
      { name: 'loop.gif', type: 'image/gif', bytes: Buffer.from('GIF89a....') },
      /GIF is not supported; convert it/,
    ],
    [
      { name: 'half.png', type: 'image/png', bytes: good.subarray(0, 80) },
      /damaged.*export or copy it again/,
    ],
    [{ name: 'empty.png', type: 'image/png', bytes: Buffer.alloc(0) }, /the file is empty; copy it again/],
  ];
  for (const [file, reason] of bad) {
    await give(page, 'drop', file);
    const alert = dialog(page)
      .getByRole('alert')
      .filter({ hasText: `${file.name} cannot be used` });
    await expect(alert).toContainText(reason);
    await expect(dialog(page).getByRole('button', { name: 'Open in Inspect' })).toBeDisabled();
    await page.keyboard.press('Escape');
    await expect(dialog(page)).toHaveCount(0);
  }
});
