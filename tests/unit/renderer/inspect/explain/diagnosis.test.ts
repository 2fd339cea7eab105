import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../../../src-renderer/features/inspect/explain/diagnosis.ts';
import { diagnosisSentences } from '../../../../../src-renderer/features/inspect/explain/diagnosis-words.ts';
import { imageMarks } from '../../../../../src-renderer/features/inspect/explain/image-marks.ts';
import { classify } from '../../../../../src-renderer/features/inspect/explain/word-class.ts';
import { viewOf } from '../../../../../src-renderer/features/inspect/model/run-view.ts';
import { detail } from '../a-run.ts';

const reference = (text: string, imageWords: readonly string[], spans?: readonly [number, number][]) => ({
  text,
  imageWords,
  ...(spans === undefined ? {} : { spans: spans.map(([start, end]) => ({ start, end })) }),
});

describe('image-dependent words', () => {
  it('are the marked spans where the answer is the reference, counted in code points', () => {
    const marks = imageMarks(' 🎈 red', reference('🎈 red', ['red'], [[2, 5]]));
    expect(marks).toEqual({ by: 'spans', stretches: [{ from: 4, to: 7 }] });
    expect(' 🎈 red'.slice(4, 7)).toBe('red');
  });

  it('are the listed words in any other answer, whole words only', () => {
    const marks = imageMarks('Red, not bored: red', reference('A red one', ['red'], [[2, 5]]));
    expect(marks?.by).toBe('words');
    expect(marks?.stretches).toEqual([
      { from: 0, to: 3 },
      { from: 16, to: 19 },
    ]);
  });

  it('are not known without a list', () => {
    expect(imageMarks('red', undefined)).toBeNull();
    expect(imageMarks('red', reference('red', []))).toBeNull();
  });
});

describe('classes of tokens', () => {
  it('follow the word that a token is part of', () => {
    const texts = ['The', ' dia', 'mond', ' has', ' 4', '0', '°', '.', '\n', '', ' 你好'];
    expect(classify(texts, [{ from: 4, to: 11 }]).map((c) => c.word)).toEqual([
      'capitalised',
      'image-dependent',
      'image-dependent',
      'word',
      'number',
      'number',
      'punctuation',
      'punctuation',
      'space',
      'special',
      'word',
    ]);
    expect(classify(texts, [{ from: 4, to: 11 }]).map((c) => c.near)).toEqual([
      'elsewhere',
      'in',
      'in',
      'after',
      ...Array.from({ length: 7 }, () => 'elsewhere'),
    ]);
  });

  it('know the tokens of marked stretches, however these lie', () => {
    const stretch = fc.tuple(fc.nat(40), fc.nat(12)).map(([from, length]) => ({ from, to: from + length }));
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 5 })), fc.array(stretch), (texts, image) => {
        let at = 0;
        const marked = texts.map((text) => {
          const from = at;
          at += text.length;
          return image.some((s) => s.from < at && from < s.to);
        });
        expect(classify(texts, image).map(({ near }) => near === 'in')).toEqual(marked);
      }),
    );
  });

  it('are one per token, whatever the texts are', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (texts) => {
        expect(classify(texts, null)).toHaveLength(texts.length);
      }),
    );
  });
});

describe('diagnosis', () => {
  const view = viewOf(detail());

  it('counts offers by depth, word and place', () => {
    const d = diagnose(view, [reference('It is red', ['red'])]);
    expect(d.all).toEqual({ offers: 2, accepted: 1 });
    expect(d.byDepth).toEqual([
      { offers: 1, accepted: 1 },
      { offers: 1, accepted: 0 },
    ]);
    expect(d.byClass).toEqual([
      { word: 'image-dependent', offers: 1, accepted: 0 },
      { word: 'word', offers: 1, accepted: 1 },
    ]);
    expect(d.byNear).toEqual([
      { near: 'in', offers: 1, accepted: 0 },
      { near: 'elsewhere', offers: 1, accepted: 1 },
    ]);
    expect(d.marksBy).toBe('words');
    expect(d.undrafted).toEqual([{ reason: 'gate', rounds: 1 }]);
    expect([d.missedKnown, d.missedUnknown, d.exhausted, d.drafts]).toEqual([0, 1, 0, 1]);
  });

  it('says where acceptance dies and why nothing was drafted', () => {
    expect(diagnosisSentences(diagnose(view, []))).toEqual([
      'Acceptance dies most at depth 2: 1 of 1 refusal; there 0 of 1 accepted (0%).',
      'No draft in 1 of 3 rounds: 1 skipped by the gate.',
    ]);
  });

  it('compares classes only where there are enough offers', () => {
    const d = diagnose(view, []);
    const few = { ...d, byClass: [{ word: 'number', offers: 4, accepted: 0 } as const] };
    expect(diagnosisSentences(few).join()).not.toMatch(/Worst/);
    const many = {
      ...d,
      all: { offers: 30, accepted: 20 },
      byClass: [{ word: 'number', offers: 10, accepted: 2 } as const],
    };
    expect(diagnosisSentences(many)).toContain(
      'Worst on numbers in digits: 2 of 10 accepted (20%); on all others 18 of 20 accepted (90%).',
    );
  });

  it('names drafts that were too short', () => {
    const tokens = view.tokens.map((token) =>
      token.origin === 'correction' ? { ...token, origin: 'bonus' as const } : token,
    );
    expect(diagnosisSentences(diagnose({ ...view, tokens }, []))[0]).toBe(
      '1 of 1 drafts were accepted to their end, so their length limits acceptance more than refusals do.',
    );
  });
});
