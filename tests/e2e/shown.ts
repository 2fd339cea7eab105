/** Comparing what the window prints with what is recorded. */
import { expect, type Locator, type Page } from '@playwright/test';

/** Half a unit of the last printed digit. */
function rounding(text: string): number {
  const digits = /\.(\d+)/.exec(text)?.[1]?.length ?? 0;
  return 0.5 * 10 ** -digits + 1e-9;
}

/** Asserts that a printed number ("12.8%", ".9994", "<.001", "8.86 logits") is the value, as far as it was rounded. */
export function expectShown(text: string, value: number): void {
  const found = /(<?)\s*(\d*\.?\d+)(%?)/.exec(text);
  if (found === null) throw new Error(`"${text}" holds no number`);
  const [, below, number = '', percent] = found;
  const unit = percent === '%' ? 100 : 1;
  if (below === '<') expect(value * unit, text).toBeLessThan(Number(number));
  else
    expect(Math.abs(value * unit - Number(number)), `${text} is ${value}`).toBeLessThanOrEqual(
      rounding(number),
    );
}

/** A threshold of two digits as the window prints it: ".35". */
export const printed = (threshold: number): string => threshold.toFixed(2).slice(1);

/** What the box beside the pointer says: name -> value, as printed. */
export async function factsOf(list: Locator): Promise<Map<string, string>> {
  const names = await list.locator('dt').allTextContents();
  const values = await list.locator('dd').allTextContents();
  return new Map(names.map((name, i) => [name.trim(), (values[i] ?? '').trim()]));
}

/** One colour as red, green, blue. */
export type Rgb = readonly [number, number, number];

/** Colours of a canvas at points in CSS pixels from its upper left corner; what shines through counts as black. */
export function pixelsOf(canvas: Locator, points: readonly { x: number; y: number }[]): Promise<Rgb[]> {
  return canvas.evaluate((element, at) => {
    if (!(element instanceof HTMLCanvasElement)) throw new Error('no canvas');
    const context = element.getContext('2d');
    if (context === null) throw new Error('no context');
    const density = element.width / element.clientWidth;
    return at.map(({ x, y }): [number, number, number] => {
      const [r = 0, g = 0, b = 0, a = 0] = context.getImageData(x * density, y * density, 1, 1).data;
      return [(r * a) / 255, (g * a) / 255, (b * a) / 255];
    });
  }, points);
}

/** The value of a design token as red, green, blue. */
export function tokenColour(page: Page, name: string): Promise<Rgb> {
  return page.evaluate((property): [number, number, number] => {
    const context = document.createElement('canvas').getContext('2d');
    if (context === null) throw new Error('no context');
    context.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(property).trim();
    context.fillRect(0, 0, 1, 1);
    const [r = 0, g = 0, b = 0] = context.getImageData(0, 0, 1, 1).data;
    return [r, g, b];
  }, `--${name}`);
}
