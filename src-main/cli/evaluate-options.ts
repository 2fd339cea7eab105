/** Options of `specula evaluate`. */
import { type Command, Option } from 'commander';
import { z } from 'zod';
import type { MethodSpec } from '#shared/domain/method.ts';
import {
  addGroup,
  answerOptions,
  type ModelOptions,
  modelHeading,
  modelOptions,
  number,
  type PlacementOptions,
  placementOptions,
} from './run-options.ts';

export interface EvaluateOptions extends PlacementOptions, ModelOptions {
  readonly dataSet?: string;
  readonly topic?: string;
  readonly limit?: number;
  readonly maxTokens: number;
  readonly system?: string;
  readonly attention?: boolean;
  readonly agreement?: boolean;
  readonly json?: string;
}

/**
 * Long drafts, so that the draft is asked at nearly every token: the one after a draft accepted whole is left out, and
 * with drafts of one token those would be half of all that it can guess, which makes it look worse than it is.
 */
const draftLength = 16;

/** Plain decoding, or a chain of drafts where the draft's agreement is wanted: the answers are the same. */
export function evaluationMethod({ agreement, draft, draftProjector }: EvaluateOptions): MethodSpec {
  const drafts = agreement === true || draft !== undefined || draftProjector !== undefined;
  return drafts ? { name: 'draft-model', shape: { kind: 'chain', length: draftLength } } : { name: 'ar' };
}

/** Adds every option of an evaluation, grouped as `--help` shows them. */
export function addEvaluateOptions(command: Command): Command {
  addGroup(command, 'What to answer:', [
    new Option('--data-set <id|folder>', 'data set with an answers.jsonl (default: the first built-in one)'),
    new Option('--topic <topic>', 'only samples of this topic'),
    new Option('--limit <n>', 'at most n samples, shared out among the topics').argParser(
      number(z.number().int().min(1)),
    ),
    ...answerOptions(),
  ]);
  addGroup(command, modelHeading, modelOptions());
  addGroup(command, 'Engine:', placementOptions());
  addGroup(command, 'Output:', [
    new Option('--attention', 'also show where the target looks, by kind of token'),
    new Option(
      '--agreement',
      "also show how often the draft guesses the target's next token (implied by --draft)",
    ),
    new Option('--json <file>', 'also write everything, answer by answer, into this file'),
  ]);
  return command;
}
