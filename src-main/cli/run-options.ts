/** Options of `specula run`, those that it shares with `specula evaluate`, and the method they describe. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { type CaptureSpec, captureSpecSchema } from '#shared/domain/capture.ts';
import {
  defaultGateThreshold,
  type GateSpec,
  gateModes,
  type HeadReduction,
  headReductionSchema,
} from '#shared/domain/gate.ts';
import {
  defaultMethod,
  type MethodName,
  type MethodSpec,
  methodNames,
  methodSpecSchema,
  methodsWithVariants,
  type Variant,
  variants,
} from '#shared/domain/method.ts';
import { engineOptionsSchema } from '#shared/domain/run.ts';
import { UsageError } from './exit.ts';

/** Where and how the models run. */
export interface PlacementOptions {
  readonly gpu: z.infer<typeof engineOptionsSchema>['gpu'];
  readonly device?: string;
  readonly gpuLayers?: number;
  readonly threads?: number;
  readonly context?: number;
  readonly kv: 'auto' | 'f32' | 'f16';
}

/** Which models run: ids or paths. */
export interface ModelOptions {
  readonly target?: string;
  readonly projector?: string;
  readonly draft?: string;
  readonly draftProjector?: string;
}

export interface SamplingOptions {
  readonly temperature: number;
  readonly topK: number;
  readonly topP: number;
  readonly seed: number;
}

export interface RunOptions extends PlacementOptions, ModelOptions, SamplingOptions {
  readonly sample: string;
  readonly dataSet?: string;
  readonly method: (typeof methodNames)[number];
  readonly variant?: Variant;
  readonly chain?: number;
  readonly tree?: { readonly topK: number; readonly depth: number; readonly nodes: number };
  readonly treeThreshold?: number;
  readonly ngram?: number;
  readonly maxDraft?: number;
  readonly perMatch?: number;
  readonly nodes?: number;
  readonly branch?: number;
  readonly query?: number;
  readonly shared?: boolean;
  readonly gate: (typeof gateModes)[number];
  readonly threshold: number;
  readonly scoreLayer?: number;
  readonly scoreHeads?: HeadReduction;
  readonly maxTokens: number;
  readonly system?: string;
  readonly capture: CaptureSpec['layers'];
  readonly captureHeads?: boolean;
  readonly json?: boolean;
}

/** @throws InvalidArgumentError, which names the option */
export function number(schema: z.ZodType<number>): (text: string) => number {
  return (text) => {
    const parsed = schema.safeParse(text.trim() === '' ? Number.NaN : Number(text));
    if (parsed.success) return parsed.data;
    throw new InvalidArgumentError(parsed.error.issues.map((issue) => issue.message).join('; '));
  };
}

const count = z.number().int();

function treeShape(text: string): RunOptions['tree'] {
  const [topK, depth, nodes, ...rest] = text
    .split(',')
    .map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const shape = z.object({
    topK: count.min(1).max(32),
    depth: count.min(0).max(16),
    nodes: count.min(2).max(128),
  });
  const parsed = shape.safeParse({ topK, depth, nodes });
  if (parsed.success && rest.length === 0) return parsed.data;
  throw new InvalidArgumentError(
    'Give K,D,N: K 1..32 candidates per node, D 0..16 levels after the first, N 2..128 nodes with the root, e.g. 8,3,30.',
  );
}

/** Adds options below a heading of `--help`. */
export function addGroup(command: Command, heading: string, options: readonly Option[]): void {
  command.optionsGroup(heading);
  for (const option of options) command.addOption(option);
}

export const modelHeading = 'Models (ids from "specula models", or paths of GGUF files):';

export function modelOptions(): Option[] {
  return [
    new Option('--target <model>', 'target (default: the first built-in set)'),
    new Option('--projector <model>', "the target's image projector"),
    new Option('--draft <model>', 'draft model'),
    new Option('--draft-projector <model>', "the draft's image projector, for a draft that sees the image"),
  ];
}

export function placementOptions(): Option[] {
  return [
    new Option('--gpu <kind>', 'where the models run')
      .choices(engineOptionsSchema.unwrap().shape.gpu.options)
      .default('auto'),
    new Option('--device <name>', 'name of the device'),
    new Option('--gpu-layers <n>', 'layers on the GPU, -1: all').argParser(number(count.min(-1))),
    new Option('--threads <n>', 'CPU threads').argParser(number(count.min(1).max(256))),
    new Option('--context <n>', 'context size in tokens').argParser(number(count.min(256).max(1_048_576))),
    new Option('--kv <type>', 'type of the KV cache').choices(['auto', 'f32', 'f16']).default('auto'),
  ];
}

/** What limits and frames an answer. */
export function answerOptions(): Option[] {
  return [
    new Option('--max-tokens <n>', 'most new tokens per turn')
      .argParser(number(count.min(1).max(65_536)))
      .default(256),
    new Option('--system <text>', 'system prompt'),
  ];
}

/** How drafts are made. */
export function methodOptions(): Option[] {
  return [
    new Option('--method <name>', 'how drafts are made').choices(methodNames).default('draft-model'),
    new Option(
      '--variant <name>',
      `as published, or as MMSpec's code drafts: ${methodsWithVariants.join(', ')}`,
    ).choices(variants),
    new Option('--chain <n>', 'a chain of n tokens: draft-model, recycling and draft heads').argParser(
      number(count.min(1).max(64)),
    ),
    new Option(
      '--tree <k,d,n>',
      'a dynamic tree as in EAGLE-2: draft-model and draft heads (default: 8,3,30)',
    )
      .argParser(treeShape)
      .conflicts('chain'),
    new Option(
      '--tree-threshold <p>',
      'eagle2: least cumulative probability of a node (default: off)',
    ).argParser(number(z.number().gt(0).lt(1))),
    new Option('--ngram <n>', 'pld: length of the n-gram that is looked up (default: 4)').argParser(
      number(count.min(1).max(16)),
    ),
    new Option('--max-draft <n>', 'pld, sam: longest draft (default: 10, 39)').argParser(
      number(count.min(1).max(63)),
    ),
    new Option('--per-match <n>', 'sam: drafted tokens per matched token (default: 4)').argParser(
      number(count.min(1).max(16)),
    ),
    new Option('--nodes <n>', 'lookahead: nodes of a draft with the root (default: 64)').argParser(
      number(count.min(2).max(128)),
    ),
    new Option('--branch <n>', 'lookahead: depth of the trie (default: 12)').argParser(
      number(count.min(1).max(32)),
    ),
    new Option('--query <n>', 'lookahead: most tokens that are looked up (default: 4)').argParser(
      number(count.min(1).max(16)),
    ),
    new Option('--shared', 'lookahead: keep what earlier runs of this process answered'),
  ];
}

/** How the visual score is read. */
export function scoreOptions(): Option[] {
  return [
    new Option('--score-layer <n>', 'layer that r is read from (default: the last one)').argParser(
      number(count.min(0)),
    ),
    new Option('--score-heads <how>', 'mean, max, or the number of one head (default: mean)').argParser(
      headReduction,
    ),
  ];
}

function headReduction(text: string): HeadReduction {
  const parsed = headReductionSchema.safeParse(/^\d+$/.test(text) ? Number(text) : text);
  if (parsed.success) return parsed.data;
  throw new InvalidArgumentError('Give mean, max, or the number of a head, counted from 0.');
}

/** The gate that the options ask for. */
export function gateOf(
  options: Pick<RunOptions, 'gate' | 'threshold' | 'scoreLayer' | 'scoreHeads'>,
): GateSpec {
  const { gate, threshold, scoreLayer, scoreHeads } = options;
  return { mode: gate, threshold, layer: scoreLayer, heads: scoreHeads };
}

export function samplingOptions(): Option[] {
  return [
    new Option('--temperature <t>', '0: greedy').argParser(number(z.number().min(0).max(5))).default(0),
    new Option('--top-k <k>', '0: off').argParser(number(count.min(0).max(100_000))).default(0),
    new Option('--top-p <p>', '1: off').argParser(number(z.number().gt(0).max(1))).default(1),
    new Option('--seed <n>', 'seed of the draws').argParser(number(count.min(0).max(0xffff_ffff))).default(0),
  ];
}

/** What of the attention is recorded. */
export function captureOptions(): Option[] {
  return [
    new Option(
      '--capture <layers>',
      'attention to record: none (no scores and no gate either), score, last, all, or layers such as 0,3',
    )
      .argParser(captureLayers)
      .default('last'),
    new Option('--capture-heads', 'record the map of every head of these layers too'),
  ];
}

function captureLayers(text: string): CaptureSpec['layers'] {
  const parts = text.split(',').map((part) => part.trim());
  const named = parts.every((part) => /^\d+$/.test(part)) ? parts.map(Number) : text;
  const parsed = captureSpecSchema.safeParse({ layers: named });
  if (parsed.success) return parsed.data.layers;
  throw new InvalidArgumentError('Give none, score, last, all, or numbers of layers, e.g. 0,3.');
}

/** The capture that the options ask for. */
export function captureOf({
  capture,
  captureHeads,
}: Pick<RunOptions, 'capture' | 'captureHeads'>): CaptureSpec {
  return captureHeads === true ? { layers: capture, heads: true } : { layers: capture };
}

/** Adds every option of a run, grouped as `--help` shows them. */
export function addRunOptions(command: Command): Command {
  const group = (heading: string, options: readonly Option[]): void => addGroup(command, heading, options);
  group('What to answer:', [
    new Option('--sample <id>', 'sample to answer, see "specula samples"').makeOptionMandatory(),
    new Option('--data-set <id|folder>', 'data set of the sample (default: the first built-in one)'),
  ]);
  group('Method:', [
    ...methodOptions(),
    new Option('--gate <mode>', 'ViSkip, see below').choices(gateModes).default('off'),
    new Option('--threshold <r>', "the gate's threshold on the visual score r, 0..1")
      .argParser(number(z.number().min(0).max(1)))
      .default(defaultGateThreshold),
    ...scoreOptions(),
  ]);
  group(modelHeading, modelOptions());
  group('Sampling:', [...samplingOptions(), ...answerOptions()]);
  group('Engine:', [...placementOptions(), ...captureOptions()]);
  group('Output:', [new Option('--json', 'one JSON object per line: every turn and round, then the result')]);
  return command;
}

const drafted: readonly MethodName[] = [
  'draft-model',
  'medusa',
  'eagle',
  'eagle2',
  'eagle3',
  'msd',
  'vispec',
];

/** Which methods an option belongs to. */
const owners = {
  variant: methodsWithVariants,
  chain: [...drafted, 'recycling'],
  tree: drafted,
  treeThreshold: ['eagle2'],
  ngram: ['pld'],
  maxDraft: ['pld', 'sam'],
  perMatch: ['sam'],
  nodes: ['lookahead'],
  branch: ['lookahead'],
  query: ['lookahead'],
  shared: ['lookahead'],
} as const satisfies Partial<Record<keyof RunOptions, readonly MethodName[]>>;

/** Names of the options that describe a method. */
export const methodOptionNames: readonly string[] = ['method', ...Object.keys(owners)];

/** Names of the options that describe a gate. */
export const gateOptionNames: readonly string[] = ['gate', 'threshold', 'scoreLayer', 'scoreHeads'];

/** The options of `methodOptions`. */
export type MethodOptions = Pick<RunOptions, 'method' | keyof typeof owners>;

/** @throws UsageError for an option that belongs to another method */
export function methodOf(options: MethodOptions): MethodSpec {
  const { method, variant, chain, tree, treeThreshold } = options;
  const given: Record<string, unknown> = {};
  for (const [option, methods] of Object.entries(owners)) {
    const value: unknown = Reflect.get(options, option);
    if (value === undefined) continue;
    if (!methods.some((owner) => owner === method)) {
      const flag = option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      throw new UsageError(`--${flag} belongs to --method ${methods.join(', ')}, not to ${method}.`);
    }
    given[option] = value;
  }
  if (chain !== undefined) given.shape = { kind: 'chain', length: chain };
  if (tree !== undefined) given.shape = { kind: 'dynamic', ...tree };
  if (treeThreshold !== undefined) given.threshold = treeThreshold;
  // The schema drops the options that are no fields of the method.
  return methodSpecSchema.parse({ ...defaultMethod(method, variant), ...given });
}
