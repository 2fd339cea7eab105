/** Options of `specula bench`. Methods and gates are written as the options of `specula run` would be, in one word. */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { type Shard, shardSchema } from '#shared/domain/bench.ts';
import type { GateSpec } from '#shared/domain/gate.ts';
import type { MethodSpec } from '#shared/domain/method.ts';
import { UsageError } from './exit.ts';
import {
  addGroup,
  addRunOptions,
  answerOptions,
  captureOptions,
  gateOf,
  gateOptionNames,
  type ModelOptions,
  methodOf,
  methodOptionNames,
  modelHeading,
  modelOptions,
  number,
  type PlacementOptions,
  placementOptions,
  type RunOptions,
  type SamplingOptions,
  samplingOptions,
} from './run-options.ts';

export interface BenchOptions extends PlacementOptions, SamplingOptions, Omit<ModelOptions, 'target'> {
  readonly dataSet?: string;
  readonly topic?: readonly string[];
  readonly sample?: readonly string[];
  readonly limit?: number;
  readonly method?: readonly string[];
  readonly gate?: readonly string[];
  readonly repeats: number;
  readonly name?: string;
  readonly order: number;
  readonly warmUp: number;
  readonly shard: Shard;
  readonly target?: readonly string[];
  readonly maxTokens: number;
  readonly system?: string;
  readonly capture: RunOptions['capture'];
  readonly captureHeads?: boolean;
  readonly resamples: number;
}

/** A method with the draft that was named for it alone. */
export interface MethodChoice extends Pick<ModelOptions, 'draft' | 'draftProjector'> {
  readonly method: MethodSpec;
}

/** A method as `NAME[:option=value,...]`, e.g. `pld:ngram=3,max-draft=8` or `draft-model:chain=5`. @throws UsageError */
export function parseMethod(text: string): MethodChoice {
  const [name = '', settings] = split(text);
  const options = parsed(
    '--method',
    text,
    ['--method', name, ...settingArguments(settings)],
    [...methodOptionNames, 'draft', 'draftProjector'],
  );
  const { draft, draftProjector } = options;
  return {
    method: methodOf(options),
    ...(draft === undefined ? {} : { draft }),
    ...(draftProjector === undefined ? {} : { draftProjector }),
  };
}

/** A gate as `MODE[:threshold][,option=value...]`, e.g. `paper:0.4`. @throws UsageError */
export function parseGate(text: string): GateSpec {
  const [mode = '', settings] = split(text);
  const [first = '', ...rest] = settings.split(',');
  const threshold = /^[\d.]/.test(first) ? ['--threshold', first] : settingArguments(first);
  const more = [...threshold, ...settingArguments(rest.join(','))];
  return gateOf(parsed('--gate', text, ['--gate', mode, ...more], gateOptionNames));
}

function split(text: string): [string, string] {
  const at = text.indexOf(':');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

/** `a=1,2,b` as `--a 1,2 --b`: a number without a name belongs to the option before it. */
function settingArguments(settings: string): string[] {
  const out: string[] = [];
  for (const part of settings.split(',').filter((piece) => piece !== '')) {
    const last = out.at(-1);
    const at = part.indexOf('=');
    if (at >= 0) out.push(`--${part.slice(0, at)}`, part.slice(at + 1));
    else if (/^\d/.test(part) && last !== undefined) out[out.length - 1] = `${last},${part}`;
    else out.push(`--${part}`);
  }
  return out;
}

/** Stands for the sample, which a run cannot do without. */
const noSample = '-';

/** Lets the options of `specula run` read the arguments; none but `allowed` may be given. */
function parsed(
  option: string,
  text: string,
  args: readonly string[],
  allowed: readonly string[],
): RunOptions {
  const command = addRunOptions(new Command('run'))
    .helpOption(false)
    .exitOverride()
    .configureOutput({ writeOut: () => {}, writeErr: () => {} });
  try {
    command.parse(['--sample', noSample, ...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    throw new UsageError(`${option} ${text}: ${error.message.replace(/^error: /, '')}`);
  }
  const options = command.opts<RunOptions>();
  for (const name of Object.keys(options)) {
    if (name === 'sample' && options.sample === noSample) continue;
    if (allowed.includes(name) || command.getOptionValueSource(name) !== 'cli') continue;
    throw new UsageError(`${option} ${text}: ${name} is no setting of it. Give it to the whole bench.`);
  }
  return options;
}

function shard(text: string): Shard {
  const [index, of, ...rest] = text.split('/').map(Number);
  const result = shardSchema.safeParse({ index, of });
  if (result.success && rest.length === 0) return result.data;
  throw new InvalidArgumentError('Give i/n: the i-th of n parts, e.g. 1/4.');
}

const several = (text: string, all: readonly string[] = []): string[] => [...all, text];
const count = z.number().int();

/** How many resamples the intervals of a report have. */
export function resamplesOption(): Option {
  return new Option('--resamples <n>', 'resamples of the bootstrap intervals')
    .argParser(number(count.min(100).max(100_000)))
    .default(1000);
}

/** Adds every option of a bench, grouped as `--help` shows them. */
export function addBenchOptions(command: Command): Command {
  addGroup(command, 'What to measure:', [
    new Option(
      '--method <spec>',
      'a method, NAME[:option=value,...]; may be repeated (default: draft-model)',
    ).argParser(several),
    new Option(
      '--gate <spec>',
      'a gate, MODE[:threshold]; may be repeated, for every method (default: off)',
    ).argParser(several),
    new Option('--data-set <id|folder>', 'data set (default: the first built-in one)'),
    new Option('--topic <topic>', 'only samples of this topic; may be repeated').argParser(several),
    new Option('--sample <id>', 'only this sample; may be repeated').argParser(several),
    new Option('--limit <n>', 'at most n samples, shared out among the topics').argParser(
      number(count.min(1)),
    ),
    new Option('--repeats <n>', 'how often each sample is decoded by each configuration')
      .argParser(number(count.min(1).max(1000)))
      .default(1),
    new Option('--warm-up <n>', 'runs of each configuration before the first measured one')
      .argParser(number(count.min(0).max(100)))
      .default(1),
    new Option('--order <seed>', 'seed of the order in which configurations take turns')
      .argParser(number(count.min(0).max(0xffff_ffff)))
      .default(1),
    new Option('--shard <i/n>', 'only the i-th of n parts; put them together with "specula merge"')
      .argParser(shard)
      .default({ index: 1, of: 1 }, '1/1'),
    new Option('--name <text>', 'name of the bench (default: its methods)'),
  ]);
  addGroup(command, modelHeading, [
    new Option('--target <model>', 'target; may be repeated (default: the first built-in set)').argParser(
      several,
    ),
    ...modelOptions().filter(({ long }) => long !== '--target'),
  ]);
  addGroup(command, 'Sampling:', [...samplingOptions(), ...answerOptions()]);
  addGroup(command, 'Engine:', [...placementOptions(), ...captureOptions()]);
  addGroup(command, 'Output:', [resamplesOption()]);
  return command;
}
