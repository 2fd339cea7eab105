/** `specula models inflate`: a larger file of the same model, for measuring on a small machine. */
import { existsSync } from 'node:fs';
import type { FileHashes } from '../file-hash.ts';
import { tensorTypes } from '../gguf/format.ts';
import { readGgufLayout } from '../gguf/header.ts';
import { rawText, rawU32, readRawMetadata } from '../gguf/values.ts';
import { type MetadataValue, type TensorSource, writeGguf } from '../gguf/write.ts';
import { ModelError } from '../model-error.ts';
import { dataOf } from './data.ts';
import { factorKey, inflatedText } from './label.ts';
import { type Grown, grownBytes, InflateError, type InflatePlan, planInflate } from './plan.ts';

export interface InflateOptions {
  readonly from: string;
  readonly out: string;
  /** of weights that one token reads, at least */
  readonly megabytes: number;
  readonly hashes: Pick<FileHashes, 'of'>;
}

/** Architectures whose layers plan.ts knows. */
const families = ['llama', 'qwen2', 'qwen2vl'];

/** @throws ModelError where the model cannot grow, and when `out` exists. */
export async function inflateModel({ from, out, megabytes, hashes }: InflateOptions): Promise<InflatePlan> {
  if (existsSync(out)) throw new Error(`${out} exists already; choose another name or delete it`);
  const layout = await readGgufLayout(from);
  const raw = await readRawMetadata(from, layout);
  const refuse = (reason: string): never => {
    throw new ModelError('unsupported', from, `it cannot be inflated: ${reason}`);
  };
  const arch = rawText(raw.get('general.architecture')) ?? 'unknown';
  if (!families.includes(arch)) refuse(`its architecture is ${arch}; ${families.join(', ')} can be`);
  if (raw.has(factorKey)) refuse('it is inflated already; take the model that it was made from');
  const layers = rawU32(raw.get(`${arch}.block_count`)) ?? refuse('it does not say how many layers it has');
  const feedForward =
    rawU32(raw.get(`${arch}.feed_forward_length`)) ?? refuse('it has no one feed-forward width');
  if (raw.has(`${arch}.expert_count`)) refuse('it has experts');
  const plan = planOrRefuse(() => planInflate(layout.tensors, { layers, feedForward }, megabytes), refuse);
  const name = rawText(raw.get('general.name')) ?? arch;
  const metadata = new Map<string, MetadataValue>(raw);
  const factor = plan.touched.after / plan.touched.before;
  metadata.set('general.name', `${name}, ${inflatedText(factor)}`);
  metadata.set(`${arch}.block_count`, { u32: plan.shape.layers });
  metadata.set(`${arch}.feed_forward_length`, { u32: plan.shape.feedForward });
  metadata.set(factorKey, { f32: factor });
  metadata.set('specula.inflated.source_name', name);
  metadata.set('specula.inflated.source_sha256', await hashes.of(from));
  metadata.set('specula.inflated.first_layer', { u32: plan.inserted.first });
  metadata.set('specula.inflated.layers', { u32: plan.inserted.count });
  // The writer's own alignment is the default one.
  metadata.delete('general.alignment');
  await writeGguf(
    out,
    metadata,
    plan.tensors.map((tensor) => sourceOf(from, tensor)),
  );
  return plan;
}

function planOrRefuse(plan: () => InflatePlan, refuse: (reason: string) => never): InflatePlan {
  try {
    return plan();
  } catch (error) {
    if (error instanceof InflateError) return refuse(error.message);
    throw error;
  }
}

function sourceOf(from: string, tensor: Grown): TensorSource {
  const kept = tensor.kind === 'kept';
  return {
    name: tensor.name,
    shape: kept ? tensor.source.shape : tensor.shape,
    type: kept ? tensor.source.type : tensorTypes[tensor.type],
    bytes: grownBytes(tensor),
    data: () => dataOf(from, tensor),
  };
}
