import { expect, it } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatFixed,
  formatMs,
  formatPercent,
  formatWhen,
  none,
  plural,
} from '../../../src-renderer/ui/format.ts';

it('writes a dash for what was not measured', () => {
  for (const format of [formatCount, formatMs, formatPercent, formatBytes]) expect(format(null)).toBe(none);
  expect(formatFixed(-0.001, 2)).toBe('0.00');
  expect(formatFixed(-0.01, 2)).toBe('-0.01');
  expect(formatFixed(null, 2)).toBe(none);
  expect(formatFixed(Number.NaN, 2)).toBe(none);
});

it('fits the unit to the number', () => {
  expect(formatMs(0.421)).toBe('0.42 ms');
  expect(formatMs(12.34)).toBe('12.3 ms');
  expect(formatMs(4200)).toBe('4.20 s');
  expect(formatMs(125_000)).toBe('2:05 min');
  expect(formatBytes(512)).toBe('512 B');
  expect(formatBytes(3_500_000)).toBe('3.3 MiB');
  expect(formatBytes(24 * 2 ** 30)).toBe('24.0 GiB');
  expect(formatPercent(0.4321)).toBe('43.2%');
  expect(formatCount(12_345)).toBe('12,345');
});

it('says when, as shortly as is clear', () => {
  const now = new Date(2026, 5, 10, 15, 0).getTime();
  expect(formatWhen(new Date(2026, 5, 10, 9, 5).getTime(), now)).toBe('09:05');
  expect(formatWhen(new Date(2026, 4, 2, 9, 5).getTime(), now)).toBe('2 May, 09:05');
  expect(formatWhen(new Date(2025, 4, 2, 9, 5).getTime(), now)).toBe('2 May 2025');
});

it('counts in words', () => {
  expect([plural(0, 'run'), plural(1, 'run'), plural(1000, 'run')]).toEqual([
    '0 runs',
    '1 run',
    '1,000 runs',
  ]);
  expect(plural(2, 'crash', 'crashes')).toBe('2 crashes');
});
