import { expect, it } from 'vitest';
import { filterSamples, topicCounts } from '../../../src-renderer/features/samples/filter.ts';
import { sampleRow } from './fixtures.ts';

const rows = [
  sampleRow('a_1', 'general vqa', 'How many green squares are there?'),
  sampleRow('a_2', 'text vqa', 'What does the sign say?', 'sign'),
  sampleRow('b_1', 'general vqa', 'Is the sign green?'),
];
const ids = (q: string | undefined, topic?: string) =>
  filterSamples(rows, { q, topic }).map(({ sample }) => sample.id);

it('finds samples by every word, in id, question or category, whatever the case', () => {
  expect(ids(undefined)).toEqual(['a_1', 'a_2', 'b_1']);
  expect(ids('  GREEN ')).toEqual(['a_1', 'b_1']);
  expect(ids('sign green')).toEqual(['b_1']);
  expect(ids('b_')).toEqual(['b_1']);
  expect(ids('sign')).toEqual(['a_2', 'b_1']);
  expect(ids('yellow')).toEqual([]);
});

it('combines topic and search', () => {
  expect(ids('green', 'general vqa')).toEqual(['a_1', 'b_1']);
  expect(ids('green', 'text vqa')).toEqual([]);
});

it('counts matches per topic in file order and keeps topics without a match', () => {
  expect(topicCounts(rows, undefined)).toEqual([
    { topic: 'general vqa', count: 2 },
    { topic: 'text vqa', count: 1 },
  ]);
  expect(topicCounts(rows, 'squares')).toEqual([
    { topic: 'general vqa', count: 1 },
    { topic: 'text vqa', count: 0 },
  ]);
});
