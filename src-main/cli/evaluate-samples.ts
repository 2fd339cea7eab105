/** Which samples of a data set are evaluated. */
import type { LoadedDataSet } from '../datasets/load.ts';
import type { Referenced } from '../evaluate/score.ts';
import { ExpectedError } from '../rpc/expected.ts';
import { UsageError } from './exit.ts';

export interface Choice {
  /** null: all */
  readonly topic: string | null;
  /** most samples, shared out among the topics; null: all */
  readonly limit: number | null;
}

/**
 * The samples with reference answers that the choice names, in the data set's order.
 * @throws UsageError, ExpectedError when there is none, with what to do about it
 */
export function chooseSamples(folder: string, data: LoadedDataSet, { topic, limit }: Choice): Referenced[] {
  const all = data.samples.flatMap((sample) => {
    const references = data.answers.get(sample.id);
    return references === undefined ? [] : [{ sample, references }];
  });
  if (all.length === 0) {
    throw new ExpectedError(
      `${folder} has no reference answers to compare with. Put an answers.jsonl beside its mmspec.jsonl (README, "Data sets"), or choose another data set with --data-set.`,
      data.problems[0] === undefined ? null : `line ${data.problems[0].line}: ${data.problems[0].reason}`,
    );
  }
  const topics = [...new Set(all.map(({ sample }) => sample.topic))];
  if (topic !== null && !topics.includes(topic)) {
    throw new UsageError(
      `No sample with a reference answer has the topic "${topic}". There are: ${topics.join(', ')}.`,
    );
  }
  const chosen = all.filter(({ sample }) => topic === null || sample.topic === topic);
  return limit === null ? chosen : shareOut(chosen, ({ sample }) => sample.topic, limit);
}

/** At most `limit` of them, the first of each topic in turn. */
export function shareOut<T>(all: readonly T[], topicOf: (item: T) => string, limit: number): T[] {
  const places = new Map<string, number>();
  const rounds = all.map((item, index) => {
    const topic = topicOf(item);
    const place = places.get(topic) ?? 0;
    places.set(topic, place + 1);
    return { item, index, place };
  });
  const first = rounds.toSorted((a, b) => a.place - b.place || a.index - b.index).slice(0, limit);
  return first.toSorted((a, b) => a.index - b.index).map(({ item }) => item);
}
