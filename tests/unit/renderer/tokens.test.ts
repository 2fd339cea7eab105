import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { required } from '#shared/domain/assert.ts';

const css = readFileSync(join(import.meta.dirname, '../../../src-renderer/theme/tokens.css'), 'utf8');

/** Hex colours of a theme's block. */
function tokensOf(theme: 'light' | 'dark'): ReadonlyMap<string, string> {
  const start = css.indexOf(`:root[data-theme="${theme}"]`);
  const block = css.slice(start, css.indexOf('}', start));
  return new Map(
    [...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/g)].map(([, name = '', hex = '']) => [name, hex]),
  );
}

/** Relative luminance, WCAG 2.2. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

const surfaces = ['bg', 'surface', 'surface-2', 'surface-3', 'surface-4'];
const origins = ['prefill', 'accepted', 'correction', 'bonus', 'plain', 'forced'];
const pairs: readonly (readonly [string, string])[] = [
  ...['text', 'text-2', 'text-3'].flatMap((text) => surfaces.map((s) => [text, s] as const)),
  ...origins.flatMap((o) => surfaces.map((s) => [`origin-${o}`, s] as const)),
  ...origins.flatMap((o) => [
    ['text', `origin-${o}-bg`] as const,
    [`origin-${o}`, `origin-${o}-bg`] as const,
  ]),
  ['on-accent', 'accent'],
  ['on-accent', 'accent-hover'],
  ['on-danger', 'danger-fill'],
  ['accent-text', 'accent-soft'],
  ['accent-text', 'surface'],
  ['text', 'accent-soft'],
  ['text-2', 'neutral-soft'],
  ['ok', 'ok-soft'],
  ['warn', 'warn-soft'],
  ['danger', 'danger-soft'],
  ['danger', 'surface'],
  ['text', 'warn-soft'],
];

describe.each(['light', 'dark'] as const)('%s theme', (theme) => {
  const tokens = tokensOf(theme);
  it.each(pairs)('%s on %s can be read (4.5:1)', (text, ground) => {
    const ratio = contrast(required(tokens.get(text), text), required(tokens.get(ground), ground));
    expect(ratio).toBeGreaterThanOrEqual(4.5);
  });

  it('keeps marks apart from the surface; charts draw a stroke around the light ones', () => {
    for (const origin of origins) {
      const mark = required(tokens.get(`origin-${origin}-mark`), origin);
      expect(contrast(mark, required(tokens.get('surface'), 'surface'))).toBeGreaterThanOrEqual(1.5);
    }
  });
});

it('defines the same tokens in both themes', () => {
  expect([...tokensOf('dark').keys()]).toEqual([...tokensOf('light').keys()]);
});
