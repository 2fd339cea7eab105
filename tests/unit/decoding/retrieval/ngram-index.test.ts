import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NgramIndex } from '../../../../src-main/decoding/retrieval/ngram-index.ts';

function lookUp(tokens: readonly number[], ngram: number, longest: number) {
  const index = new NgramIndex(ngram);
  for (const token of tokens) index.add(token);
  return index.lookUp(longest);
}

/** The definition, by scanning back from the end (methods.md 4.1). */
function scan(tokens: readonly number[], ngram: number, longest: number) {
  const query = tokens.slice(-ngram);
  if (tokens.length < ngram || query.includes(-1)) return null;
  for (let at = tokens.length - 2 * ngram; at >= 0; at--) {
    const start = at + ngram;
    const copied = tokens.slice(start, start + longest);
    const same = query.every((token, i) => tokens[at + i] === token);
    if (same && !copied.includes(-1)) return { start, length: copied.length };
  }
  return null;
}

describe('n-gram index', () => {
  it('takes the most recent match and at most so many tokens', () => {
    const tokens = [1, 2, 7, 7, 1, 2, 8, 8, 8, 1, 2];
    expect(lookUp(tokens, 2, 3)).toEqual({ start: 6, length: 3 });
  });

  it('wants a window fully before the query', () => {
    expect(lookUp([1, 1, 1, 1, 1], 4, 10)).toBeNull();
    expect(lookUp([1, 1, 1, 1, 1, 1, 1, 1], 4, 10)).toEqual({ start: 4, length: 4 });
    expect(lookUp([1, 2, 3], 4, 10)).toBeNull();
  });

  it('never matches or copies image tokens, but looks further back', () => {
    expect(lookUp([1, -1, 5, 1, -1], 2, 4)).toBeNull();
    expect(lookUp([1, 2, 3, 4, 5, 6, 1, 2, -1, 8, 1, 2], 2, 3)).toEqual({ start: 2, length: 3 });
  });

  it('finds what a scan finds, at every length of a random text', () => {
    let found = 0;
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -1, max: 3 }), { maxLength: 60, size: 'max' }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 8 }),
        (tokens, ngram, longest) => {
          const index = new NgramIndex(ngram);
          const looked: (object | null)[] = [];
          const scanned: (object | null)[] = [];
          for (const [i, token] of tokens.entries()) {
            index.add(token);
            looked.push(index.lookUp(longest));
            scanned.push(scan(tokens.slice(0, i + 1), ngram, longest));
          }
          expect(looked).toEqual(scanned);
          found += looked.filter((place) => place !== null).length;
        },
      ),
      { seed: 1, numRuns: 200 },
    );
    expect(found).toBeGreaterThan(500);
  });
});
