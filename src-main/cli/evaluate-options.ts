/** Options of `specula evaluate`. */
import { type Command, Option } from 'commander';
import { z } from 'zod';
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
  readonly json?: string;
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
    new Option('--json <file>', 'also write everything, answer by answer, into this file'),
  ]);
  return command;
}
