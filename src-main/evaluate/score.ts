/** Compares a model's answers with the reference answers of a data set. */
import type { ReferenceAnswer, WordClasses } from '#shared/domain/reference.ts';
import type { Sample } from '#shared/domain/sample.ts';
import { type ImageWordCount, imageWordsRight } from '#shared/metrics/image-words.ts';
import { answerJudge } from '#shared/metrics/judge.ts';
import type { ModelAnswer } from './answer.ts';

/** A sample with the reference answers of its turns. */
export interface Referenced {
  readonly sample: Sample;
  readonly references: readonly ReferenceAnswer[];
}

/** What came of one turn. */
export interface TurnScore {
  readonly sampleId: string;
  readonly topic: string;
  readonly turn: number;
  readonly question: string;
  readonly reference: string;
  readonly answer: string;
  /** the answer is the reference, character by character, white space at both ends aside */
  readonly exact: boolean;
  /** what the judge says; null: the data set does not tell how to judge this answer */
  readonly right: boolean | null;
  readonly kind: string | null;
  readonly skill: string | null;
  readonly imageWords: ImageWordCount;
  /** tokens of the answer, the end of text counted */
  readonly tokens: number;
  readonly endedBy: ModelAnswer['endedBy'];
}

export type Scorer = (sample: Referenced, answers: readonly ModelAnswer[]) => TurnScore[];

/** @param classes without them answers are compared by their wording only */
export function scorer(classes: WordClasses | null): Scorer {
  const judge = classes && answerJudge(classes);
  return ({ sample, references }, answers) =>
    references.map((reference, turn) => {
      const answer = answers[turn];
      if (answer === undefined) throw new Error(`sample ${sample.id}: turn ${turn} has no answer`);
      const question = sample.turns[turn] ?? '';
      const { skill, expect } = reference;
      const judged = judge !== null && skill !== undefined && expect !== undefined;
      return {
        sampleId: sample.id,
        topic: sample.topic,
        turn,
        question,
        reference: reference.text,
        answer: answer.text,
        exact: answer.text.trim() === reference.text.trim(),
        right: judged ? judge(skill, question, expect, answer.text) : null,
        kind: reference.kind ?? null,
        skill: skill ?? null,
        imageWords: imageWordsRight(reference.imageWords, answer.text),
        tokens: answer.tokenCount,
        endedBy: answer.endedBy,
      };
    });
}
