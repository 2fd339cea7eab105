/** Words of answers that cannot be known without the picture. Words are runs of ASCII letters and digits, small and large letters alike. */
import type { ReferenceAnswer } from '../domain/reference.ts';

/**
 * How many of a reference's image-dependent words an answer has in their order: the longest common subsequence of
 * those words and the words of the answer.
 */
export function imageWordsRight(imageWords: readonly string[], answer: string): ImageWordCount {
  const wanted = imageWords.flatMap((text) => wordsOf(text).map(({ word }) => word));
  const said = wordsOf(answer).map(({ word }) => word);
  return { right: commonTable(wanted, said)[0]?.[0] ?? 0, of: wanted.length };
}

export interface ImageWordCount {
  readonly right: number;
  readonly of: number;
}

/** A word of an answer that the reference has too; places in UTF-16 units of the answer. */
export interface KnownWord {
  readonly start: number;
  readonly end: number;
  /** it lies in a marked span of the reference */
  readonly image: boolean;
}

/**
 * The words of an answer that a longest common subsequence aligns with words of the reference, by whether the reference
 * marks them as image-dependent. Other words of the answer are not among them: nothing is known of them. Empty where the
 * reference has no marks.
 */
export function knownWords(
  { text, spans }: Pick<ReferenceAnswer, 'text' | 'spans'>,
  answer: string,
): readonly KnownWord[] {
  if (spans === undefined) return [];
  const marks = unitSpans(text, spans);
  const wanted = wordsOf(text);
  const said = wordsOf(answer);
  const table = commonTable(
    wanted.map(({ word }) => word),
    said.map(({ word }) => word),
  );
  const known: KnownWord[] = [];
  for (let i = 0, j = 0; i < wanted.length && j < said.length; ) {
    const [own, other] = [wanted[i], said[j]];
    if (own === undefined || other === undefined) break;
    if (own.word === other.word) {
      const image = marks.some(({ start, end }) => start < own.end && own.start < end);
      known.push({ start: other.start, end: other.end, image });
      i++;
      j++;
    } else if ((table[i + 1]?.[j] ?? 0) >= (table[i]?.[j + 1] ?? 0)) i++;
    else j++;
  }
  return known;
}

interface Word {
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

const wordsOf = (text: string): Word[] =>
  [...text.matchAll(/[a-z0-9]+/gi)].map(({ 0: word, index }) => ({
    word: word.toLowerCase(),
    start: index,
    end: index + word.length,
  }));

/** `table[i][j]`: length of the longest common subsequence of what follows in `a` from i and in `b` from j. */
function commonTable(a: readonly string[], b: readonly string[]): readonly Uint16Array[] {
  const table = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const row = table[i];
      if (row === undefined) continue;
      row[j] =
        a[i] === b[j] ? (table[i + 1]?.[j + 1] ?? 0) + 1 : Math.max(table[i + 1]?.[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return table;
}

/** Spans of Unicode code points in UTF-16 units. */
function unitSpans(
  text: string,
  spans: NonNullable<ReferenceAnswer['spans']>,
): { start: number; end: number }[] {
  const offsets = [0];
  for (const character of text) offsets.push((offsets.at(-1) ?? 0) + character.length);
  const at = (point: number): number => offsets[point] ?? text.length;
  return spans.map(({ start, end }) => ({ start: at(start), end: at(end) }));
}
