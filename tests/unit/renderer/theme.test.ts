import { expect, it } from 'vitest';
import { parseChoice, resolveTheme } from '../../../src-renderer/theme/theme.ts';

it('falls back to the system for anything it does not know', () => {
  expect(parseChoice('dark')).toBe('dark');
  expect(parseChoice('sepia')).toBe('system');
  expect(parseChoice(null)).toBe('system');
});

it('follows the system only when asked to', () => {
  expect(resolveTheme('system', true)).toBe('dark');
  expect(resolveTheme('system', false)).toBe('light');
  expect(resolveTheme('light', true)).toBe('light');
});
