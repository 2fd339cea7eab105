import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SuffixAutomaton } from '../../../../src-main/decoding/retrieval/suffix-automaton.ts';

/** Index of the last token of the first place of `part`, -1 where there is none. */
function firstEnd(text: readonly number[], part: readonly number[]): number {
  const start = text.findIndex((_, at) => part.every((token, i) => text[at + i] === token));
  return start < 0 ? -1 : start + part.length - 1;
}

const none = { length: 0, end: -1 };

function longestBefore(text: readonly number[]) {
  for (let length = text.length - 1; length > 0; length--) {
    const end = firstEnd(text, text.slice(-length));
    if (end < text.length - 1) return { length, end };
  }
  return none;
}

function longestThen(text: readonly number[], token: number) {
  for (let length = longestBefore(text).length; length >= 0; length--) {
    const end = firstEnd(text, [...text.slice(text.length - length), token]);
    if (end >= 0) return { length: length + 1, end };
  }
  return none;
}

describe('suffix automaton', () => {
  it('gives the match of methods.md 9, and that of one step more', () => {
    const automaton = new SuffixAutomaton();
    for (const token of [6, 1, 5, 6, 7, 5, 6]) automaton.add(token);
    // "5 6" first ends at token 4, counted from 1
    expect(automaton.match()).toEqual({ length: 2, end: 3 });
    expect(automaton.matchThen(6)).toEqual({ length: 1, end: 0 });
    expect(automaton.matchThen(9)).toEqual(none);
  });

  it('finds what a search finds, at every length of a random text', () => {
    let long = 0;
    fc.assert(
      fc.property(
        fc
          .integer({ min: 1, max: 5 })
          .chain((kinds) => fc.array(fc.nat(kinds), { maxLength: 50, size: 'max' })),
        fc.nat(5),
        (tokens, then) => {
          const automaton = new SuffixAutomaton();
          expect(automaton.match()).toEqual(none);
          const found: object[] = [];
          const expected: object[] = [];
          for (const [i, token] of tokens.entries()) {
            automaton.add(token);
            const text = tokens.slice(0, i + 1);
            const match = automaton.match();
            found.push([match, automaton.matchThen(then), automaton.matchThen(token)]);
            expected.push([longestBefore(text), longestThen(text, then), longestThen(text, token)]);
            if (match.length > 2) long++;
          }
          expect(found).toEqual(expected);
        },
      ),
      { seed: 1, numRuns: 120 },
    );
    expect(long).toBeGreaterThan(500);
  });
});
