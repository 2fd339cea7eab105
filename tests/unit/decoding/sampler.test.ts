import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { draw, targetDistribution } from '../../../src-main/decoding/sampler.ts';
import { seededRandom } from '../../../src-shared/domain/random.ts';
import { chiSquareDeviate, plainDistribution } from '../../fixtures/chi-square.ts';

const logits = Float32Array.of(2, 1, 0, -1, 1.5, -3);
const plain = { temperature: 1, topK: 0, topP: 1, seed: 0 };

describe('targetDistribution', () => {
  it('is softmax without cuts', () => {
    const p = targetDistribution(logits, plain);
    expect(p.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
    expect((p[0] ?? 0) / (p[1] ?? 1)).toBeCloseTo(Math.E, 6);
  });

  it('applies temperature before the cuts', () => {
    const p = targetDistribution(logits, { ...plain, temperature: 0.5 });
    expect((p[0] ?? 0) / (p[1] ?? 1)).toBeCloseTo(Math.E ** 2, 5);
  });

  it('keeps the k most likely, ties by lower id', () => {
    const p = targetDistribution(Float32Array.of(1, 3, 1, 1), { ...plain, topK: 2 });
    expect([...p].map((x) => x > 0)).toEqual([true, true, false, false]);
  });

  it('keeps the smallest set that reaches top-p, at least one token', () => {
    expect([...targetDistribution(logits, { ...plain, topP: 1e-6 })]).toEqual([1, 0, 0, 0, 0, 0]);
    const p = targetDistribution(logits, { ...plain, topP: 0.6 });
    expect([...p].map((x) => x > 0)).toEqual([true, false, false, false, true, false]);
  });

  it('agrees with the plainest implementation', () => {
    const values = fc.array(fc.float({ min: -20, max: 20, noNaN: true }), { minLength: 1, maxLength: 300 });
    const options = fc.record({
      temperature: fc.double({ min: 0.1, max: 3, noNaN: true }),
      topK: fc.nat({ max: 40 }),
      topP: fc.double({ min: 0.01, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(values, options, (raw, o) => {
        const p = targetDistribution(Float32Array.from(raw), { ...o, seed: 0 });
        const expected = plainDistribution(Float32Array.from(raw), o);
        // A cumulative sum may fall on either side of top-p by rounding: then one token more or less is kept.
        const differing = expected.filter((q, i) => Math.abs(q - (p[i] ?? 0)) > 1e-9).length;
        if (differing > 0) {
          const near = plainDistribution(raw, { ...o, topP: Math.min(1, o.topP * (1 + 1e-12)) });
          const below = plainDistribution(raw, { ...o, topP: o.topP * (1 - 1e-12) });
          expect([near, below]).toContainEqual([...p].map((x) => expect.closeTo(x, 9)));
        }
      }),
      { seed: 7, numRuns: 300 },
    );
  });
});

describe('seededRandom', () => {
  it('is uniform over neighbouring seeds, draw by draw, and draws are independent', () => {
    const cells = new Map<string, number>();
    const expected = new Map<string, number>();
    for (let i = 0; i < 64; i++) expected.set(String(i), 1 / 64);
    for (let seed = 0; seed < 20_000; seed++) {
      const random = seededRandom(seed, 0);
      const cell = String(Math.floor(random() * 8) * 8 + Math.floor(random() * 8));
      cells.set(cell, (cells.get(cell) ?? 0) + 1);
    }
    expect(chiSquareDeviate(cells, expected)).toBeLessThan(3.3);
  });

  it('gives each turn its own numbers, and the same ones each time', () => {
    expect(seededRandom(3, 0)()).toBe(seededRandom(3, 0)());
    expect(seededRandom(3, 0)()).not.toBe(seededRandom(3, 1)());
  });

  it('draws tokens in proportion to their weights', () => {
    const random = seededRandom(5, 0);
    const weights = Float64Array.of(0.1, 0, 0.3, 0.6);
    const cells = new Map<string, number>();
    for (let i = 0; i < 20_000; i++) {
      const id = String(draw(weights, random));
      cells.set(id, (cells.get(id) ?? 0) + 1);
    }
    const expected = new Map([...weights.entries()].map(([id, w]) => [String(id), w]));
    expect(chiSquareDeviate(cells, expected)).toBeLessThan(3.3);
    // The test can tell: slightly other weights are refused.
    const wrong = new Map([...[0.12, 0, 0.3, 0.58].entries()].map(([id, w]) => [String(id), w]));
    expect(chiSquareDeviate(cells, wrong)).toBeGreaterThan(3.3);
  });
});
