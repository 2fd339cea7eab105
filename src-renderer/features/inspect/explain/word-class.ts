import type { Stretch } from './image-marks.ts';

/** What kind of word a token belongs to; the first that fits. */
export const wordClasses = [
  'image-dependent',
  'number',
  'capitalised',
  'word',
  'punctuation',
  'space',
  'special',
] as const;
export type WordClass = (typeof wordClasses)[number];

export const wordClassWords: Readonly<Record<WordClass, string>> = {
  'image-dependent': 'image-dependent words',
  number: 'numbers in digits',
  capitalised: 'capitalised words',
  word: 'other words',
  punctuation: 'punctuation',
  space: 'spaces and line breaks',
  special: 'special tokens and parts of characters',
};

/** Where a token stands to the image-dependent words of its answer: in one, the first after one, elsewhere. */
export type NearImage = 'in' | 'after' | 'elsewhere';

export interface TokenClass {
  readonly word: WordClass;
  /** null where image-dependent words are not known */
  readonly near: NearImage | null;
}

/**
 * Class of every token of one answer. `texts` are the tokens' texts, which joined are the answer; a token of which
 * several words have a part belongs to the first. `image` marks the image-dependent words, null: not known.
 */
export function classify(texts: readonly string[], image: readonly Stretch[] | null): TokenClass[] {
  const whole = texts.join('');
  const words = [...whole.matchAll(/[\p{L}\p{M}\p{N}]+/gu)];
  const marks = image?.toSorted((a, b) => a.from - b.from) ?? [];
  const out: TokenClass[] = [];
  let at = 0;
  let word = 0;
  let mark = 0;
  /** end of the marks that begin before the token's end */
  let marked = 0;
  for (const text of texts) {
    const from = at;
    at += text.length;
    while (word < words.length && endOf(words[word]) <= from) word += 1;
    const here = words[word];
    const inWord = here !== undefined && here.index < at;
    for (; (marks[mark]?.from ?? at) < at; mark += 1) marked = Math.max(marked, marks[mark]?.to ?? 0);
    const isMarked = from < marked;
    const previous = out.at(-1);
    out.push({
      word: isMarked ? 'image-dependent' : inWord ? wordClassOf(here[0]) : restClassOf(text),
      near: image === null ? null : isMarked ? 'in' : previous?.near === 'in' ? 'after' : 'elsewhere',
    });
  }
  return out;
}

function endOf(match: RegExpExecArray | undefined): number {
  return match === undefined ? 0 : match.index + match[0].length;
}

function wordClassOf(word: string): WordClass {
  if (/\p{N}/u.test(word)) return 'number';
  return /^\p{Lu}/u.test(word) ? 'capitalised' : 'word';
}

function restClassOf(text: string): WordClass {
  if (text === '') return 'special';
  return text.trim() === '' ? 'space' : 'punctuation';
}
