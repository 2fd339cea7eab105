import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { imageWordsRight } from '../../../src-shared/metrics/image-words.ts';
import { auc, quantile, wilson } from '../../../src-shared/metrics/statistics.ts';

describe('wilson', () => {
  it('gives the published intervals', () => {
    // Newcombe 1998, table I, method 3
    const [low, high] = wilson(81, 263) ?? [];
    expect(low).toBeCloseTo(0.2553, 4);
    expect(high).toBeCloseTo(0.3662, 4);
    expect(wilson(0, 20)?.[0]).toBe(0);
    expect(wilson(0, 20)?.[1]).toBeCloseTo(0.1611, 4);
    expect(wilson(20, 20)?.[1]).toBe(1);
    expect(wilson(0, 0)).toBeNull();
  });
});

describe('quantile', () => {
  it('interpolates between neighbours', () => {
    expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5);
    expect(quantile([1, 2, 3, 4], 0.05)).toBeCloseTo(1.15);
    expect(quantile([7], 0.95)).toBe(7);
    expect(quantile([], 0.5)).toBeNull();
  });
});

describe('auc', () => {
  it('is 1 for values apart, 0 the other way round, and counts ties half', () => {
    expect(auc([0.9, 0.8], [0.1, 0.2])).toBe(1);
    expect(auc([0.1, 0.2], [0.9, 0.8])).toBe(0);
    expect(auc([1, 1], [1, 1, 1])).toBe(0.5);
    expect(auc([], [1])).toBeNull();
  });

  it('agrees with counting all pairs', () => {
    const values = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(values, values, (positive, negative) => {
        const pairs = positive.flatMap((p) => negative.map((n) => (p > n ? 1 : p === n ? 0.5 : 0) as number));
        expect(auc(positive, negative)).toBeCloseTo(pairs.reduce((a, b) => a + b, 0) / pairs.length);
      }),
    );
  });
});

describe('imageWordsRight', () => {
  it('counts the words found in order', () => {
    expect(imageWordsRight(['two', 'red', 'star'], 'I see two objects: a Red star.')).toEqual({
      right: 3,
      of: 3,
    });
    expect(imageWordsRight(['two', 'red', 'star'], 'A star, and two red hearts.')).toEqual({
      right: 2,
      of: 3,
    });
    expect(imageWordsRight(['red'], 'reddish')).toEqual({ right: 0, of: 1 });
    expect(imageWordsRight([], 'red')).toEqual({ right: 0, of: 0 });
  });

  it('does not lose the words after one that comes much later', () => {
    expect(
      imageWordsRight(['green', 'star', 'blue', 'heart'], 'a red star, a blue heart. No green.'),
    ).toEqual({
      right: 3,
      of: 4,
    });
  });
});
