/** `specula models convert`: a published head becomes a GGUF file in our layout (models/README.md). */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { assertNever } from '../../../src-shared/domain/assert.ts';
import type { HeadKind } from '../../../src-shared/domain/head.ts';
import { type Checkpoint, openCheckpoint } from '../checkpoint/folder.ts';
import { readWhole, toF16, toF32 } from '../checkpoint/values.ts';
import { elementBytes, elementsOf, tensorTypes } from '../gguf/format.ts';
import { type MetadataValue, type TensorSource, writeGguf } from '../gguf/write.ts';
import { ModelError } from '../model-error.ts';
import { type HeadConfig, parseHeadConfig } from './config.ts';
import type { FeatureLayers } from './feature-layers.ts';
import { type Detected, detectKind } from './kind.ts';
import { type HeadPlan, type PlannedTensor, planHead, type TargetFacts } from './plan.ts';

export interface ConvertOptions {
  /** folder of the checkpoint, or its weight file */
  readonly from: string;
  readonly out: string;
  /** null: find out */
  readonly kind: HeadKind | null;
  readonly target: TargetFacts | null;
  readonly embeddings: boolean;
  readonly skipUnknown: boolean;
  /** of the matrices */
  readonly type: 'f16' | 'f32';
  /** for eagle3 */
  readonly featureLayers: FeatureLayers | null;
}

export interface Converted {
  readonly detected: Detected;
  readonly plan: HeadPlan;
}

/** @throws ModelError that lists everything that does not fit, and when `out` exists. */
export async function convertHead(options: ConvertOptions): Promise<Converted> {
  if (existsSync(options.out))
    throw new Error(`${options.out} exists already; choose another name or delete it`);
  const checkpoint = await openCheckpoint(options.from);
  const config = parseHeadConfig(checkpoint.folder, checkpoint.config);
  const detected = kindOf(options, checkpoint, config);
  const { kind } = detected;
  const plan = planHead(checkpoint.tensors, config, { ...options, kind });
  if (plan.faults.length > 0) {
    const list = plan.faults.map((fault) => `\n  ${fault}`).join('');
    const hint = options.kind === null ? '; another kind can be asked for with --kind' : '';
    throw new ModelError(
      'unsupported',
      checkpoint.folder,
      `this is no head of kind ${kind} as published (${detected.by})${hint}:${list}`,
    );
  }
  if (kind === 'eagle3') checkFeatureLayers(checkpoint.folder, options);
  const ids = kind === 'eagle3' ? await draftTokens(checkpoint.folder, plan) : null;
  const tensors = plan.tensors
    .filter(({ role }) => role !== 'ids')
    .map((tensor) => sourceOf(tensor, options.type));
  if (ids !== null) tensors.push(idsSource(ids));
  await writeGguf(options.out, metadataOf(plan, config, checkpoint, options), tensors);
  return { detected, plan };
}

function kindOf(options: ConvertOptions, checkpoint: Checkpoint, config: HeadConfig): Detected {
  if (options.kind !== null) return { kind: options.kind, by: 'asked for with --kind' };
  const names = checkpoint.tensors.map(({ name }) => name);
  const detected = detectKind(names, config);
  if (detected !== null) return detected;
  const some = names.slice(0, 8).join(', ');
  const reason = `the tensors are those of no head that is known (${some}${names.length > 8 ? ', …' : ''}); if you know the kind, ask for it with --kind`;
  throw new ModelError('unsupported', checkpoint.folder, reason);
}

function checkFeatureLayers(folder: string, { featureLayers, target }: ConvertOptions): void {
  if (featureLayers === null) {
    const reason =
      'an EAGLE-3 checkpoint does not say which layers of the target it reads; give --feature-layers paper with --target, mmspec, or three numbers';
    throw new ModelError('unsupported', folder, reason);
  }
  const wrong = featureLayers.find((layer) => layer < -1 || (target !== null && layer >= target.layers));
  if (wrong !== undefined) {
    throw new ModelError('unsupported', folder, `--feature-layers: the target has no layer ${wrong}`);
  }
}

/** d2t, compared with the mask of the target's tokens; zeros where draft and target have the same tokens. */
async function draftTokens(folder: string, plan: HeadPlan): Promise<readonly number[]> {
  const { D, V } = plan.dims;
  const source = plan.tensors.find(({ role }) => role === 'ids')?.source;
  if (source === undefined) return new Array<number>(D ?? 0).fill(0);
  const offsets = await readWhole(source);
  const targets = offsets.map((offset, id) => id + offset);
  const outside = targets.findIndex((id) => id < 0 || id >= (V ?? 0));
  if (outside !== -1) {
    const reason = `d2t makes draft token ${outside} the target's token ${targets[outside]}, which it does not have`;
    throw new ModelError('unsupported', folder, reason);
  }
  if (plan.mask === null) return offsets;
  const mask = await readWhole(plan.mask);
  const inMask = mask.reduce((sum, one) => sum + one, 0);
  // A full draft vocabulary leaves the mask as it was made, all zeros (eagle/model/cnets.py).
  const agrees = inMask === 0 || (inMask === targets.length && targets.every((id) => mask[id] === 1));
  if (!agrees)
    throw new ModelError('damaged', folder, 't2d and d2t name different tokens; download it again');
  return offsets;
}

function idsSource(ids: readonly number[]): TensorSource {
  const data = new Uint8Array(Int32Array.from(ids).buffer);
  return { name: 'd2t', shape: [ids.length], type: tensorTypes.i32, bytes: data.length, data: () => [data] };
}

function sourceOf({ name, shape, role, source }: PlannedTensor, matrices: 'f16' | 'f32'): TensorSource {
  const type = role === 'vector' ? 'f32' : matrices;
  return {
    name,
    // ggml's order is the reverse of PyTorch's
    shape: [...shape].reverse(),
    type: tensorTypes[type],
    bytes: elementsOf(shape) * elementBytes[type],
    data: () => (type === 'f16' ? toF16(source) : toF32(source)),
  };
}

function metadataOf(
  plan: HeadPlan,
  config: HeadConfig,
  checkpoint: Checkpoint,
  { target, type, featureLayers }: ConvertOptions,
): Map<string, MetadataValue> {
  const { kind, dims } = plan;
  const folder = path.basename(checkpoint.folder);
  const targetName = target?.name ?? config.base_model_name_or_path ?? config.architectures?.[0] ?? 'unknown';
  const u32 = (value: number | null): MetadataValue => ({ u32: value ?? 0 });
  const key = (name: string): string => `specula-head.${name}`;
  const metadata = new Map<string, MetadataValue>([
    ['general.architecture', 'specula-head'],
    ['general.name', `${folder} (${kind} head)`],
    ['general.file_type', { u32: type === 'f16' ? 1 : 0 }],
    [key('kind'), kind],
    [key('layout'), { u32: 1 }],
    [key('embedding_length'), u32(dims.h)],
    [key('vocab_size'), u32(dims.V)],
    [key('target_name'), targetName],
    [key('source'), `${folder}: ${checkpoint.files.join(', ')}`],
  ]);
  if (kind === 'medusa') {
    metadata.set(key('medusa_heads'), { u32: plan.medusaHeads });
    return metadata;
  }
  metadata.set(key('head_count'), u32(dims.heads));
  metadata.set(key('head_count_kv'), { u32: (dims.kv ?? 0) / (dims.width ?? 1) });
  metadata.set(key('head_length'), u32(dims.width));
  metadata.set(key('feed_forward_length'), u32(dims.ff));
  // Defaults of EConfig (eagle/model/configs.py) and of LlamaRotaryEmbedding; of transformers' Qwen2VLConfig where MSD uses it.
  const qwen = kind === 'msd' && config.model_type === 'qwen2_vl';
  metadata.set(key('rms_epsilon'), { f32: config.rms_norm_eps ?? (qwen ? 1e-5 : 1e-6) });
  metadata.set(key('rope_base'), { f32: config.rope_theta ?? (qwen ? 1e6 : 1e4) });
  metadata.set(key('rope_type'), 'neox');
  switch (kind) {
    case 'eagle':
    case 'msd':
      return metadata;
    case 'vispec':
      metadata.set(key('queries'), u32(dims.Q));
      metadata.set(key('query_heads'), u32(dims.heads));
      return metadata;
    case 'eagle3':
      metadata.set(key('feature_layers'), { i32s: featureLayers ?? [] });
      metadata.set(key('draft_vocab_size'), u32(dims.D));
      return metadata;
    default:
      return assertNever(kind);
  }
}
