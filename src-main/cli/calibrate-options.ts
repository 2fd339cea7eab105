/** Options of `specula calibrate`. */
import { type Command, Option } from 'commander';
import { z } from 'zod';
import {
  addGroup,
  answerOptions,
  type MethodOptions,
  type ModelOptions,
  methodOptions,
  modelHeading,
  modelOptions,
  number,
  type PlacementOptions,
  placementOptions,
  type RunOptions,
  scoreOptions,
} from './run-options.ts';

export interface CalibrateOptions
  extends PlacementOptions,
    ModelOptions,
    MethodOptions,
    Pick<RunOptions, 'scoreLayer' | 'scoreHeads' | 'maxTokens' | 'system'> {
  readonly run?: readonly string[];
  readonly samples: number;
  readonly dataSet?: string;
  readonly topic?: string;
  readonly check?: boolean;
  readonly json?: boolean;
  readonly csv?: boolean;
}

/** Adds every option of a calibration, grouped as `--help` shows them. */
export function addCalibrateOptions(command: Command): Command {
  addGroup(command, 'What to measure:', [
    new Option('--samples <n>', 'decode n samples, shared out among the topics, each as a probe and a survey')
      .argParser(number(z.number().int().min(1)))
      .default(12),
    new Option('--run <id...>', 'use these recorded runs instead; a survey is made where there is none'),
    new Option('--data-set <id|folder>', 'data set of the samples (default: the first built-in one)'),
    new Option('--topic <topic>', 'only samples of this topic'),
    ...answerOptions(),
  ]);
  addGroup(command, 'Method and score:', [...methodOptions(), ...scoreOptions()]);
  addGroup(command, modelHeading, modelOptions());
  addGroup(command, 'Engine:', placementOptions());
  addGroup(command, 'Output:', [
    new Option(
      '--check',
      'decode everything again at the best threshold and say how far the what-if was off',
    ),
    new Option('--json', 'everything as one JSON object'),
    new Option('--csv', 'the whole curve as CSV').conflicts('json'),
  ]);
  return command;
}
