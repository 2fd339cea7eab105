/**
 * Judges an answer that a model wrote on its own, by what the question asks and not by its wording. The rules are
 * those of `models/train/specula_data/check.py`; `tests/golden/judge.jsonl` holds both to the same verdicts. Only
 * ASCII letters and digits make words, so that both languages find the same ones.
 */
import { assertNever, required } from '../domain/assert.ts';
import type { Expect, WordClasses } from '../domain/reference.ts';

/**
 * Whether the answer tells what the question of this skill asks for.
 * @throws Error for a skill or word class that the data set does not have
 */
export type AnswerJudge = (skill: string, question: string, expect: Expect, answer: string) => boolean;

/** A judge by the word classes of a data set. */
export function answerJudge(classes: WordClasses): AnswerJudge {
  const known = new Map(
    Object.entries(classes.classes).map(([name, found]) => [name, reader(found, classes)]),
  );
  const readerOf = (domain: string): Reader => {
    const found = known.get(domain);
    if (found === undefined) throw new Error(`no word class is called "${domain}"`);
    return found;
  };
  return (skill, question, expect, answer) => {
    if (!classes.skills.includes(skill)) throw new Error(`no skill is called "${skill}"`);
    const domain = classNeeded(skill, expect, classes);
    const found = domain === null ? null : readerOf(domain);
    switch (expect.rule) {
      case 'option':
        return same(chosen(answer), expect.values);
      case 'quotes':
        return same(quoted(answer), expect.values.map(plain));
      case 'facts':
        return hasFacts(answer, expect.values, found);
      case 'first':
      case 'last':
      case 'all':
      case 'set':
        return saysWords(expect.rule, required(found, 'a word class'), question, expect.values, answer);
      default:
        return assertNever(expect.rule);
    }
  };
}

/** Name of the word class that judging such an answer needs; null when it needs none. */
export function classNeeded(skill: string, { rule, domain }: Expect, classes: WordClasses): string | null {
  if (rule === 'facts') return classes.wholeObjects.includes(skill) ? 'object' : null;
  return rule === 'option' || rule === 'quotes' ? null : domain;
}

/** Finds the words of one class. */
interface Reader {
  /** in the order of the text; numbers as digits */
  mentions(text: string): string[];
  normal(word: string): string;
}

function reader({ parts, cased, digits }: WordClasses['classes'][string], all: WordClasses): Reader {
  const phrase = parts.map((words) => `(?:${words.map((word) => RegExp.escape(word)).join('|')})`).join(' ');
  const pattern = new RegExp(digits ? `\\b(?:\\d+|${phrase})\\b` : `\\b${phrase}\\b`, cased ? 'g' : 'gi');
  const normal = (word: string): string => {
    if (cased) return word;
    const small = word.toLowerCase();
    return digits && Object.hasOwn(all.digits, small) ? required(all.digits[small], small) : small;
  };
  return { normal, mentions: (text) => (text.match(pattern) ?? []).map(normal) };
}

/** `first`, `last`, `all` or, in any order, the `set` of words said; for `first` those of the question do not count. */
function saysWords(
  rule: 'first' | 'last' | 'all' | 'set',
  { mentions, normal }: Reader,
  question: string,
  values: readonly string[],
  answer: string,
): boolean {
  const said = mentions(answer);
  const wanted = values.map(normal);
  switch (rule) {
    case 'all':
      return same(said, wanted);
    case 'set':
      return same(said.sort(), wanted.sort());
    case 'last':
      return same(said.slice(-1), wanted);
    case 'first': {
      const given = new Set(mentions(question).filter((word) => !wanted.includes(word)));
      return same(said.filter((word) => !given.has(word)).slice(0, 1), wanted);
    }
    default:
      return assertNever(rule);
  }
}

/** The last "answer is three (B)" of the text: the option's text and its letter. */
function chosen(text: string): string[] {
  const [, option = '', letter = ''] = [...text.matchAll(/answer is ([^().]+?) \(([A-Z])\)/g)].at(-1) ?? [];
  return [option, letter];
}

/** The texts in quotation marks. */
function quoted(text: string): string[] {
  return [...text.matchAll(/"([^"]*)"/g)].map(([, inside = '']) => plain(inside));
}

/** Each fact once for each time it is listed ("a | b" is two phrases in one sentence); with `objects` none beyond them. */
function hasFacts(text: string, facts: readonly string[], objects: Reader | null): boolean {
  const sentences = text.split(/(?<=\.)[ \t\n\r\f\v]+/).map((sentence) => sentence.toLowerCase());
  for (const fact of new Set(facts)) {
    const patterns = fact
      .split('|')
      .map((part) => new RegExp(`(?<!\\w)${RegExp.escape(plain(part))}(?!\\w)`, 'g'));
    const counts = sentences.map((sentence) =>
      patterns.map((pattern) => sentence.match(pattern)?.length ?? 0),
    );
    const times = counts.reduce((sum, found) => sum + (found.includes(0) ? 0 : (found.at(-1) ?? 0)), 0);
    if (times < facts.filter((other) => other === fact).length) return false;
  }
  const listed = facts.filter((fact) => objects !== null && objects.mentions(fact).length > 0).length;
  return objects === null || objects.mentions(text).length === listed;
}

const plain = (text: string): string => text.replace(/^[ \t\n\r\f\v]+|[ \t\n\r\f\v]+$/g, '').toLowerCase();

const same = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((word, i) => word === b[i]);
