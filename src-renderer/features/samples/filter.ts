import type { SampleRow } from '#shared/contract/calls.ts';
import { matchesWords, searchWords } from '../../ui/words.ts';

export interface SampleFilter {
  readonly topic: string | undefined;
  readonly q: string | undefined;
}

export interface TopicCount {
  readonly topic: string;
  readonly count: number;
}

/** Samples of the topic in whose id, category or questions every searched word occurs; order kept. */
export function filterSamples(rows: readonly SampleRow[], filter: SampleFilter): readonly SampleRow[] {
  return searchSamples(rows, filter.q).filter(
    ({ sample }) => filter.topic === undefined || sample.topic === filter.topic,
  );
}

/**
 * Every topic of the data set in order of first appearance, with how many samples match the search text: a topic
 * without matches stays, with 0, so that the row of filters does not change while one types.
 */
export function topicCounts(rows: readonly SampleRow[], q: string | undefined): readonly TopicCount[] {
  const counts = new Map<string, number>(rows.map(({ sample }) => [sample.topic, 0]));
  for (const { sample } of searchSamples(rows, q)) {
    counts.set(sample.topic, (counts.get(sample.topic) ?? 0) + 1);
  }
  return [...counts].map(([topic, count]) => ({ topic, count }));
}

function searchSamples(rows: readonly SampleRow[], q: string | undefined): readonly SampleRow[] {
  const words = searchWords(q ?? '');
  return rows.filter(({ sample }) => matchesWords(words, [sample.id, sample.category, ...sample.turns]));
}
