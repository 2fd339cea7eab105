import { expect, test } from 'vitest';
import type { ReferenceAnswer, WordClasses } from '#shared/domain/reference.ts';
import type { ModelAnswer } from '../../../src-main/evaluate/answer.ts';
import { type Referenced, scorer, type TurnScore } from '../../../src-main/evaluate/score.ts';
import { summarise } from '../../../src-main/evaluate/summary.ts';
import { sample } from '../storage/records.ts';

const classes: WordClasses = {
  version: 1,
  skills: ['color'],
  wholeObjects: [],
  digits: {},
  classes: { color: { parts: [['red', 'blue']], cased: false, digits: false } },
};
const reference: ReferenceAnswer = {
  text: 'The star is red.',
  imageWords: ['red'],
  kind: 'color',
  skill: 'color',
  expect: { rule: 'last', values: ['red'], domain: 'color' },
};
const item = (references: readonly ReferenceAnswer[]): Referenced => ({
  sample: { ...sample, turns: references.map((_, i) => `Question ${i}?`) },
  references,
});
const said = (text: string, endedBy: ModelAnswer['endedBy'] = 'end-of-text'): ModelAnswer => ({
  text,
  tokens: [],
  tokenCount: text.length,
  endedBy,
});

test('exact is the wording, right is what it says', () => {
  const score = scorer(classes);
  const [same, other, wrong] = score(item([reference, reference, reference]), [
    said(' The star is red.\n'),
    said('Red', 'max-tokens'),
    said('The star is blue.'),
  ]);
  expect(same).toMatchObject({ exact: true, right: true, imageWords: { right: 1, of: 1 }, skill: 'color' });
  expect(other).toMatchObject({ exact: false, right: true, turn: 1, endedBy: 'max-tokens', tokens: 3 });
  expect(wrong).toMatchObject({
    exact: false,
    right: false,
    question: 'Question 2?',
    imageWords: { right: 0 },
  });
});

test('what cannot be judged is compared by wording only', () => {
  const plain = { text: 'A star.', imageWords: [] };
  expect(scorer(classes)(item([plain]), [said('A star.')])).toMatchObject([{ exact: true, right: null }]);
  expect(scorer(null)(item([reference]), [said('Red')])).toMatchObject([{ exact: false, right: null }]);
});

test('a turn without an answer is a fault, not a wrong answer', () => {
  expect(() => scorer(null)(item([reference, reference]), [said('Red')])).toThrow('turn 1 has no answer');
});

const turn: TurnScore = {
  sampleId: 'a',
  topic: 'x',
  turn: 0,
  question: '',
  reference: '',
  answer: '',
  exact: true,
  right: true,
  kind: null,
  skill: 'color',
  imageWords: { right: 1, of: 2 },
  tokens: 10,
  endedBy: 'end-of-text',
};

test('counts by topic and skill; what was not judged is in no share of right', () => {
  const { overall, topics, skills, imageWords } = summarise([
    { ...turn, topic: 'y', skill: 'shape', right: false, exact: false },
    turn,
    { ...turn, turn: 1, right: false, tokens: 20 },
    { ...turn, sampleId: 'b', right: null, skill: null },
  ]);
  expect(overall).toMatchObject({ samples: 2, turns: 4, exact: 3, judged: 3, right: 1, meanTokens: 12.5 });
  expect(topics.map(({ topic, turns }) => [topic, turns])).toEqual([
    ['y', 1],
    ['x', 3],
  ]);
  expect(skills).toMatchObject([
    { skill: 'color', turns: 2, judged: 2, right: 1 },
    { skill: 'shape', turns: 1, judged: 1, right: 0 },
  ]);
  expect(imageWords).toEqual({ right: 4, of: 8 });
  // 1 of 2, Wilson with 95 %
  const [low, high] = skills[0]?.interval ?? [];
  expect([low, high].map((end) => end?.toFixed(4))).toEqual(['0.0945', '0.9055']);
});

test('nothing measured has no shares', () => {
  expect(summarise([]).overall).toMatchObject({ turns: 0, interval: null, meanTokens: null });
});
