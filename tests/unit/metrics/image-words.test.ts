import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { knownWords } from '../../../src-shared/metrics/image-words.ts';

const said = (answer: string, words: ReturnType<typeof knownWords>) =>
  words.map(({ start, end, image }) => `${answer.slice(start, end)}${image ? '!' : ''}`);

describe('known words', () => {
  const reference = { text: 'The hat is dark red.', spans: [{ start: 11, end: 19 }] };

  it('marks words as the reference does', () => {
    expect(said(reference.text, knownWords(reference, reference.text))).toEqual([
      'The',
      'hat',
      'is',
      'dark!',
      'red!',
    ]);
  });

  it('knows nothing of words that the reference has not, or has elsewhere', () => {
    const answer = 'Red: the big HAT is red';
    expect(said(answer, knownWords(reference, answer))).toEqual(['the', 'HAT', 'is', 'red!']);
    expect(knownWords({ text: reference.text, spans: undefined }, answer)).toEqual([]);
  });

  it('counts spans in code points', () => {
    const text = '😀😀 blue sky';
    expect(said(text, knownWords({ text, spans: [{ start: 3, end: 7 }] }, text))).toEqual(['blue!', 'sky']);
  });

  it('is a common subsequence, as long as the words that are the same at both ends', () => {
    const words = fc.array(fc.constantFrom<string>('a', 'b', 'c'), { maxLength: 8 });
    fc.assert(
      fc.property(words, words, (wanted, other) => {
        const answer = other.join(' ');
        const known = knownWords({ text: wanted.join(' '), spans: [] }, answer);
        let at = -1;
        for (const { start, end } of known) {
          at = wanted.indexOf(answer.slice(start, end), at + 1);
          expect(at).toBeGreaterThanOrEqual(0);
        }
        let same = 0;
        while (same < wanted.length && same < other.length && wanted[same] === other[same]) same++;
        expect(known.length).toBeGreaterThanOrEqual(same);
      }),
    );
  });
});
