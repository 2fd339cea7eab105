import { expect, test } from 'vitest';
import type { ReferenceAnswer } from '#shared/domain/reference.ts';
import type { ModelAnswer } from '../../../src-main/evaluate/answer.ts';
import { agreementOf, attentionOf } from '../../../src-main/evaluate/looks.ts';
import { type MarkedToken, markedTokens } from '../../../src-main/evaluate/marked.ts';

/** An answer whose tokens are these pieces of bytes. */
function answer(...pieces: readonly (string | Uint8Array)[]): ModelAnswer {
  const tokens = pieces.map((piece) => ({ bytes: Buffer.from(piece), imageShare: 0.5, guessed: null }));
  const text = Buffer.concat(tokens.map(({ bytes }) => bytes)).toString();
  return { text, tokens, tokenCount: tokens.length + 1, endedBy: 'end-of-text' };
}
const dependent = (reference: ReferenceAnswer, own: ModelAnswer) =>
  markedTokens(reference, own).map(({ imageDependent }) => imageDependent);

const reference: ReferenceAnswer = {
  text: 'A red star.',
  imageWords: ['red'],
  spans: [{ start: 2, end: 5 }],
};

test('a token is image-dependent when some of its text is marked', () => {
  expect(dependent(reference, answer('A', ' re', 'd', ' star', '.'))).toEqual([
    false,
    true,
    true,
    false,
    false,
  ]);
  expect(dependent(reference, answer('A ', 'red', ' star.'))).toEqual([false, true, false]);
});

test('white space before the answer moves the marks', () => {
  expect(dependent(reference, answer('\n', 'A ', 'red', ' star.'))).toEqual([false, false, true, false]);
  expect(
    dependent(
      { ...reference, text: ' A red star.', spans: [{ start: 3, end: 6 }] },
      answer('A ', 'red', ' star.'),
    ),
  ).toEqual([false, true, false]);
});

test('marks count characters, tokens bytes', () => {
  const text = '🙂 é red';
  const bytes = Buffer.from(text);
  const marked = { text, imageWords: ['é'], spans: [{ start: 2, end: 3 }] };
  const own = answer(bytes.subarray(0, 5), bytes.subarray(5, 6), bytes.subarray(6, 7), bytes.subarray(7));
  expect(dependent(marked, own)).toEqual([false, true, true, false]);
});

test('an answer with other words, or a reference without marks, gives no tokens', () => {
  expect(markedTokens(reference, answer('A ', 'blue', ' star.'))).toEqual([]);
  expect(markedTokens({ ...reference, spans: undefined }, answer('A red star.'))).toEqual([]);
  expect(dependent({ ...reference, spans: [] }, answer('A red star.'))).toEqual([false]);
});

const token = (imageDependent: boolean, imageShare: number | null, guessed: boolean | null): MarkedToken => ({
  imageDependent,
  imageShare,
  guessed,
});

test('quantiles of both kinds, and how well the share tells them apart', () => {
  const { image, other, auc } = attentionOf([
    ...[0.8, 0.4, 0.6].map((share) => token(true, share, null)),
    ...[0.2, 0.4, 0].map((share) => token(false, share, null)),
    token(true, null, null),
  ]);
  expect(image.n).toBe(3);
  expect(image.quantiles.map((value) => value?.toFixed(2))).toEqual(['0.42', '0.50', '0.60', '0.70', '0.78']);
  expect(other.quantiles[2]).toBe(0.2);
  // 8 of 9 pairs are in order and one is a tie
  expect(auc).toBeCloseTo(8.5 / 9);
  expect(attentionOf([token(false, 0.1, null)])).toMatchObject({ image: { n: 0 }, auc: null });
});

test('agreement counts the tokens at which the draft was asked', () => {
  const found = agreementOf([
    token(true, null, true),
    token(true, null, false),
    token(true, null, null),
    token(false, null, true),
  ]);
  expect(found).toEqual({ image: { n: 2, same: 1 }, other: { n: 1, same: 1 }, unasked: 1 });
});
