import { describe, expect, test } from 'vitest';
import {
  playwrightSkips,
  playwrightTotals,
  settle,
  sum,
  totalsLine,
  vitestTotals,
} from '../../../scripts/lib/totals.mjs';

test('the closing line', () => {
  const totals = sum([
    { passed: 10, failed: 1, skipped: 0 },
    { passed: 5, failed: 0, skipped: 2 },
  ]);
  expect(totalsLine(totals)).toBe('15 passed, 1 failed, 2 skipped');
  expect(totalsLine(sum([]))).toBe('0 passed, 0 failed, 0 skipped');
});

describe('settle', () => {
  test('a run that fails without a failed test counts as a failure', () => {
    expect(settle({ passed: 3, failed: 0, skipped: 1 }, 1)).toEqual({ passed: 3, failed: 1, skipped: 1 });
    expect(settle(null, 134)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });

  test('other counts stay as they are', () => {
    expect(settle({ passed: 3, failed: 2, skipped: 0 }, 1)).toEqual({ passed: 3, failed: 2, skipped: 0 });
    expect(settle({ passed: 3, failed: 0, skipped: 0 }, 0)).toEqual({ passed: 3, failed: 0, skipped: 0 });
  });
});

test('counts of a Vitest report', () => {
  const report = { numPassedTests: 4, numFailedTests: 1, numPendingTests: 2, numTodoTests: 1 };
  expect(vitestTotals(report)).toEqual({ passed: 4, failed: 1, skipped: 3 });
  expect(vitestTotals(null)).toBeNull();
  expect(vitestTotals({})).toBeNull();
});

describe('a Playwright report', () => {
  const skipped = {
    title: 'opens the window',
    tests: [
      { status: 'skipped', annotations: [{ type: 'skip', description: 'Electron binary not installed' }] },
    ],
  };
  const passed = { title: 'shows the rail', tests: [{ status: 'expected', annotations: [] }] };
  const report = {
    stats: { expected: 3, unexpected: 1, flaky: 1, skipped: 1 },
    errors: [{ message: 'a file does not load' }],
    suites: [{ specs: [passed], suites: [{ specs: [skipped] }] }],
  };

  test('counts', () => {
    expect(playwrightTotals(report)).toEqual({ passed: 4, failed: 2, skipped: 1 });
    expect(playwrightTotals(null)).toBeNull();
  });

  test('reasons of skipped tests', () => {
    expect(playwrightSkips(report)).toEqual(['Electron binary not installed (opens the window)']);
    expect(playwrightSkips(null)).toEqual([]);
  });
});
