import type { GgufFileInfo } from 'node-llama-cpp';
import { z } from 'zod';
import type { ProjectorGeometry, Size } from '../../src-shared/domain/geometry.ts';
import type { HeadKind } from '../../src-shared/domain/head.ts';
import { errorMessage } from '../errors.ts';
import { readGgufLayout } from './gguf/header.ts';
import {
  clipSchema,
  decoderSchema,
  generalSchema,
  headSchema,
  inflatedSchema,
  tokenizerSchema,
} from './metadata-schema.ts';
import { ModelError } from './model-error.ts';

interface CommonMetadata {
  readonly path: string;
  readonly name: string;
  readonly arch: string;
  /** e.g. "F16" or "Q4_K_M" */
  readonly quantisation: string;
  readonly fileBytes: number;
  /** bytes of the weights */
  readonly tensorBytes: number;
}

export interface Vocabulary {
  /** `tokenizer.ggml.model`, e.g. "llama" or "gpt2" */
  readonly model: string;
  readonly tokens: readonly string[];
  readonly bos: number | null;
  readonly eos: number | null;
  readonly addBos: boolean | null;
  readonly addEos: boolean | null;
}

/** What inflating has changed (inflate/plan.ts). */
export interface Inflated {
  /** times the weights per token of the model that it was made from */
  readonly factor: number;
  /** the first layer that was put in; those below are the model's own, with their numbers */
  readonly firstLayer: number;
}

export interface DecoderMetadata extends CommonMetadata {
  readonly role: 'decoder';
  readonly layers: number;
  readonly embedding: number;
  /** attention heads of the layer that has most */
  readonly heads: number;
  /** per layer: numbers that one token takes in the K and V cache */
  readonly kvWidths: readonly number[];
  readonly trainedContext: number;
  /** state-space or RWKV layers: their state cannot hold a draft tree */
  readonly recurrent: boolean;
  readonly vocabulary: Vocabulary;
  readonly chatTemplate: string | null;
  /** null: not inflated */
  readonly inflated: Inflated | null;
}

export interface ProjectorMetadata extends CommonMetadata {
  readonly role: 'projector';
  readonly layers: number;
  readonly embedding: number;
  /** width of an image token, which must be the decoder's embedding; null: not known from the tensors */
  readonly outputWidth: number | null;
  readonly geometry: ProjectorGeometry;
}

/** A draft head (models/README.md). */
export interface HeadMetadata extends CommonMetadata {
  readonly role: 'head';
  readonly kind: HeadKind;
  /** width and vocabulary of the target that it was made for */
  readonly embedding: number;
  readonly vocab: number;
  /** layers of the target that it reads; empty: the final state */
  readonly featureLayers: readonly number[];
}

export type ModelMetadata = DecoderMetadata | ProjectorMetadata | HeadMetadata;

/**
 * Reads what a GGUF file says about itself; no weights are read.
 * @throws ModelError when the file is missing, cut off, damaged, or of a kind that cannot be used.
 */
export async function readModelMetadata(path: string): Promise<ModelMetadata> {
  const { fileBytes, tensorBytes } = await readGgufLayout(path);
  // Loaded on first use: the library takes a third of a second, which command line help need not wait for.
  const { GgufFileType, readGgufFileInfo } = await import('node-llama-cpp');
  const info = await readGgufFileInfo(path, { sourceType: 'filesystem', logWarnings: false }).catch(
    (error: unknown) => {
      throw new ModelError(
        'damaged',
        path,
        `the metadata cannot be read (${errorMessage(error)}); download it again`,
      );
    },
  );
  const general = parse(path, 'general', generalSchema, info.metadata.general);
  const fileType = general.file_type === undefined ? undefined : GgufFileType[general.file_type];
  const common: CommonMetadata = {
    path,
    name: general.name ?? path.replace(/^.*[\\/]/, ''),
    arch: general.architecture,
    quantisation: fileType?.replace(/^(ALL|MOSTLY)_/, '') ?? 'unknown',
    fileBytes,
    tensorBytes,
  };
  if (general.architecture === headArchitecture) return head(common, info);
  return general.architecture === 'clip' ? projector(common, info) : decoder(common, info);
}

const headArchitecture = 'specula-head';

/** What a file is, in words. */
const roleLabels = {
  decoder: 'a language model',
  projector: 'an image projector',
  head: 'a draft head',
} as const;

function wrongRole(metadata: ModelMetadata, wanted: string): ModelError {
  const reason = `this is ${roleLabels[metadata.role]}; choose ${wanted} here`;
  return new ModelError('unsupported', metadata.path, reason);
}

/** As readModelMetadata, for a file that must be a decoder. */
export async function readDecoderMetadata(path: string): Promise<DecoderMetadata> {
  const metadata = await readModelMetadata(path);
  if (metadata.role === 'decoder') return metadata;
  throw wrongRole(metadata, 'a language model');
}

/** As readModelMetadata, for a file that must be an image projector. */
export async function readProjectorMetadata(path: string): Promise<ProjectorMetadata> {
  const metadata = await readModelMetadata(path);
  if (metadata.role === 'projector') return metadata;
  throw wrongRole(metadata, 'an image projector (mmproj)');
}

/** As readModelMetadata, for a file that must be a draft head. */
export async function readHeadMetadata(path: string): Promise<HeadMetadata> {
  const metadata = await readModelMetadata(path);
  if (metadata.role === 'head') return metadata;
  throw wrongRole(metadata, 'a draft head');
}

function head(common: CommonMetadata, info: GgufFileInfo): HeadMetadata {
  const values = parse(common.path, headArchitecture, headSchema, info.architectureMetadata);
  return {
    ...common,
    role: 'head',
    kind: values.kind,
    embedding: values.embedding_length,
    vocab: values.vocab_size,
    featureLayers: values.feature_layers ?? [],
  };
}

function decoder(common: CommonMetadata, info: GgufFileInfo): DecoderMetadata {
  const { path, arch } = common;
  const values = parse(path, arch, decoderSchema, info.architectureMetadata);
  const tokenizer = parse(path, 'tokenizer', tokenizerSchema, info.metadata.tokenizer);
  const layers = values.block_count;
  const at = (value: number | readonly number[] | undefined, layer: number): number | undefined =>
    typeof value === 'object' ? value[layer] : value;
  const { head_count, head_count_kv, key_length, value_length } = values.attention ?? {};
  const heads = Array.from({ length: layers }, (_, layer) => at(head_count, layer) ?? 0);
  const kvWidths = heads.map((count, layer) => {
    const headSize = count === 0 ? 0 : values.embedding_length / count;
    return (at(head_count_kv, layer) ?? count) * ((key_length ?? headSize) + (value_length ?? headSize));
  });
  const { ggml } = tokenizer;
  return {
    ...common,
    role: 'decoder',
    layers,
    embedding: values.embedding_length,
    heads: Math.max(...heads),
    kvWidths,
    trainedContext: values.context_length,
    recurrent: values.ssm !== undefined || values.wkv !== undefined,
    vocabulary: {
      model: ggml.model,
      tokens: ggml.tokens,
      bos: ggml.bos_token_id ?? null,
      eos: ggml.eos_token_id ?? null,
      addBos: ggml.add_bos_token ?? null,
      addEos: ggml.add_eos_token ?? null,
    },
    chatTemplate: tokenizer.chat_template ?? null,
    inflated: inflatedBy(info),
  };
}

function inflatedBy(info: GgufFileInfo): Inflated | null {
  const { specula } = z.object({ specula: z.unknown() }).partial().parse(info.metadata);
  const parsed = z.object({ inflated: inflatedSchema }).safeParse(specula);
  if (!parsed.success) return null;
  const { factor, first_layer: firstLayer } = parsed.data.inflated;
  return { factor, firstLayer };
}

function projector(common: CommonMetadata, info: GgufFileInfo): ProjectorMetadata {
  const { path } = common;
  const clip = parse(path, 'clip', clipSchema, info.architectureMetadata);
  const type = clip.projector_type ?? clip.vision?.projector_type;
  if (clip.vision === undefined || type === undefined) {
    throw new ModelError('unsupported', path, 'the projector has no image part; choose a vision projector');
  }
  const { vision } = clip;
  const geometry: ProjectorGeometry = {
    type,
    imageSize: vision.image_size ?? 0,
    patchSize: vision.patch_size,
    merge: vision.spatial_merge_size ?? (/^qwen.*vl_merger$/.test(type) ? 2 : 1),
    pinpoints: pinpoints(path, vision.image_grid_pinpoints ?? [], vision.image_size ?? 0),
  };
  return {
    ...common,
    role: 'projector',
    layers: vision.block_count,
    embedding: vision.embedding_length,
    outputWidth: outputWidth(info),
    geometry,
  };
}

/** Pairs up the flat list; llama.cpp aborts on tile sizes that are no whole number of squares, so they are refused. */
function pinpoints(path: string, flat: readonly number[], side: number): readonly Size[] {
  const sizes: Size[] = [];
  for (let at = 0; at + 1 < flat.length; at += 2)
    sizes.push({ width: flat[at] ?? 0, height: flat[at + 1] ?? 0 });
  const whole = (length: number): boolean => length > 0 && length % side === 0;
  if (flat.length % 2 === 0 && sizes.every(({ width, height }) => whole(width) && whole(height)))
    return sizes;
  const reason = `image_grid_pinpoints must be pairs of multiples of image_size ${side}; convert the model again`;
  throw new ModelError('unsupported', path, reason);
}

/** From the last layer's tensors: `projection_dim` is not reliable, older LLaVA conversions hold CLIP's own there. */
function outputWidth(info: GgufFileInfo): number | null {
  const sides = (name: string) => info.fullTensorInfo?.find((tensor) => tensor.name === name)?.dimensions;
  const width =
    sides('mm.2.bias')?.[0] ?? sides('mm.2.weight')?.[1] ?? sides('mm.input_projection.weight')?.[0];
  return width === undefined ? null : Number(width);
}

function parse<T extends z.ZodType>(path: string, section: string, schema: T, value: unknown): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = [section, ...(issue?.path ?? [])].join('.');
  const reason = `metadata ${where}: ${issue?.message ?? 'invalid'}; convert the model again with a current llama.cpp`;
  throw new ModelError('unsupported', path, reason);
}
