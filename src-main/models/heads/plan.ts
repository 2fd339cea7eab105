/** From a checkpoint's tensors to those of our layout: what goes where, and everything that does not fit. */
import { assertNever } from '../../../src-shared/domain/assert.ts';
import type { HeadKind } from '../../../src-shared/domain/head.ts';
import { type CheckpointTensor, shapeText } from '../checkpoint/tensor.ts';
import { elementsOf } from '../gguf/format.ts';
import { configFaults, type HeadConfig } from './config.ts';
import { beside, type Name, namesOf, plainName, type Role, type Side } from './names.ts';

/** What is known of the target, where its file was given. */
export interface TargetFacts {
  readonly name: string;
  readonly layers: number;
  readonly embedding: number;
  readonly vocab: number;
}

export interface PlanOptions {
  readonly kind: HeadKind;
  readonly target: TargetFacts | null;
  /** keep the head's own embedding, where there is one of the target's size */
  readonly embeddings: boolean;
  /** leave unknown tensors out instead of refusing them */
  readonly skipUnknown: boolean;
}

export interface PlannedTensor {
  readonly name: string;
  /** [out, in] as in PyTorch */
  readonly shape: readonly number[];
  readonly role: Role;
  readonly source: CheckpointTensor;
}

export interface LeftOut {
  readonly tensor: CheckpointTensor;
  readonly why: string;
}

export type Dims = Readonly<Record<Side, number | null>>;

export interface HeadPlan {
  readonly kind: HeadKind;
  readonly dims: Dims;
  /** heads of a Medusa */
  readonly medusaHeads: number;
  readonly tensors: readonly PlannedTensor[];
  readonly leftOut: readonly LeftOut[];
  /** EAGLE-3's mask of the target's tokens that it can draft, to be compared with d2t */
  readonly mask: CheckpointTensor | null;
  /** one line each; the plan can be carried out only when there are none */
  readonly faults: readonly string[];
}

export function planHead(
  tensors: readonly CheckpointTensor[],
  config: HeadConfig,
  options: PlanOptions,
): HeadPlan {
  const { kind } = options;
  const faults = kind === 'medusa' ? medusaFaults(config) : layerFaults(config);
  const sources = new Map<string, CheckpointTensor>();
  for (const tensor of tensors) {
    const name = plainName(kind, tensor.name);
    if (sources.has(name))
      faults.push(`two tensors are ${name}: ${tensor.name} and ${sources.get(name)?.name}`);
    sources.set(name, tensor);
  }
  const medusaHeads = kind === 'medusa' ? countHeads(sources.keys()) : 0;
  const dims = dimsOf(sources, config, options);
  faults.push(...sizeFaults(dims, options.target));
  const planned: PlannedTensor[] = [];
  const leftOut: LeftOut[] = [];
  for (const name of namesOf(kind, medusaHeads)) {
    const source = sources.get(name.source);
    sources.delete(name.source);
    if (source === undefined) {
      if (mustBe(name, kind, config, dims))
        faults.push(`missing: ${name.source} ${wantedShape(name.sides, dims)}`);
      continue;
    }
    const why = name.source === 'embed_tokens.weight' ? noEmbedding(source, dims, options) : null;
    if (why !== null) leftOut.push({ tensor: source, why });
    else if (!fits(source.shape, name.sides, dims)) {
      const wanted = wantedShape(name.sides, dims);
      faults.push(`wrong shape: ${source.name} is ${shapeText(source.shape)}, expected ${wanted}`);
    } else {
      const shape = (name.becomes ?? name.sides).map((side) => dims[side] ?? 0);
      planned.push({ name: name.name, shape, role: name.role, source });
    }
  }
  for (const [name, tensor] of sources) {
    const why = beside(kind, name);
    if (why !== null) leftOut.push({ tensor, why });
    else if (options.skipUnknown) leftOut.push({ tensor, why: 'unknown' });
    else faults.push(`unknown: ${tensor.name} ${shapeText(tensor.shape)}, ${tensor.dtype}`);
  }
  const mask = sources.get('t2d') ?? null;
  return { kind, dims, medusaHeads, tensors: planned, leftOut, mask, faults };
}

/** What the layer cannot be built without, and what the layout cannot express. */
function layerFaults(config: HeadConfig): string[] {
  const faults = configFaults(config);
  for (const field of ['hidden_size', 'num_attention_heads', 'intermediate_size'] as const) {
    if (config[field] === undefined) faults.push(`config.json does not say ${field}`);
  }
  if ((config.num_hidden_layers ?? 1) !== 1) {
    faults.push(`config.json says ${config.num_hidden_layers} layers; a head has one`);
  }
  return faults;
}

function medusaFaults({ medusa_num_layers = 1 }: HeadConfig): string[] {
  return medusa_num_layers === 1
    ? []
    : [`config.json says ${medusa_num_layers} blocks per head; the layout has one`];
}

function countHeads(names: Iterable<string>): number {
  const numbers = [...names].map((name) => /^(\d+)\.0\.linear\.weight$/.exec(name)?.[1]);
  return Math.max(0, ...numbers.map((number) => Number(number ?? -1) + 1));
}

/** Lengths of the sides: from config.json; where that says nothing, from the tensors that only have to agree with each other. */
function dimsOf(
  sources: ReadonlyMap<string, CheckpointTensor>,
  config: HeadConfig,
  { kind, target }: PlanOptions,
): Dims {
  const side = (name: string, at: number): number | null => sources.get(name)?.shape[at] ?? null;
  const h = config.hidden_size ?? (kind === 'medusa' ? side('0.0.linear.weight', 0) : null);
  const heads = config.num_attention_heads ?? null;
  const width = config.head_dim ?? (h === null || heads === null ? null : h / heads);
  const kvHeads = config.num_key_value_heads ?? heads;
  const times = (count: number | null, length: number | null): number | null =>
    count === null || length === null ? null : count * length;
  const V = target?.vocab ?? config.vocab_size ?? (kind === 'medusa' ? side('0.1.weight', 0) : null);
  return {
    h,
    '2h': times(2, h),
    '3h': times(3, h),
    heads,
    width,
    q: times(heads, width),
    kv: times(kvHeads, width),
    ff: config.intermediate_size ?? null,
    V,
    D: config.draft_vocab_size ?? config.vocab_size ?? null,
    Q: side('imadpt.q', 0),
  };
}

function sizeFaults({ h, V, width }: Dims, target: TargetFacts | null): string[] {
  const faults: string[] = [];
  if (V === null) faults.push('the size of the vocabulary is not known; name the target with --target');
  if (width !== null && !Number.isInteger(width)) {
    faults.push('config.json: hidden_size is no multiple of num_attention_heads');
  }
  if (h !== null && target !== null && h !== target.embedding) {
    faults.push(`the head is made for a target of width ${h}; ${target.name} has ${target.embedding}`);
  }
  return faults;
}

function mustBe({ optional }: Name, kind: HeadKind, config: HeadConfig, { D, V }: Dims): boolean {
  const qwen = kind === 'msd' && config.model_type === 'qwen2_vl';
  switch (optional) {
    case undefined:
      return true;
    case 'yes':
      return false;
    // eagle/model/ea_model.py: true where config.json does not say
    case 'unless-bias':
      return config.bias ?? true;
    case 'unless-qkv-bias':
      return config.qkv_bias ?? qwen;
    case 'unless-qwen':
      return qwen;
    case 'unless-reduced':
      return D !== V;
    default:
      return assertNever(optional);
  }
}

/** Why an embedding is left out; null to keep it. */
function noEmbedding({ shape }: CheckpointTensor, { V }: Dims, options: PlanOptions): string | null {
  if (!options.embeddings) return "the target's own embedding is used (--no-embeddings)";
  // The projects freeze a copy of the target's, some without the tokens that were added for images.
  return options.target !== null && shape[0] !== V
    ? `it has ${shape[0]} tokens, the target ${V}: the target's own embedding is used`
    : null;
}

const fits = (shape: readonly number[], sides: readonly Side[], dims: Dims): boolean =>
  shape.length === sides.length &&
  sides.every((side, at) => dims[side] === shape[at]) &&
  elementsOf(shape) > 0;

const wantedShape = (sides: readonly Side[], dims: Dims): string =>
  `[${sides.map((side) => dims[side] ?? side).join(', ')}]`;
