import { z } from 'zod';
import { headKindSchema } from '../../src-shared/domain/head.ts';

const number = z.union([z.number(), z.bigint()]).transform(Number);
const size = number.pipe(z.number().int().min(1).max(1e9));
const token = number.pipe(z.number().int());
/** some models give one number per layer */
const perLayer = z.union([number, z.array(number)]);

export const generalSchema = z.object({
  architecture: z.string().min(1).max(100),
  name: z.string().optional(),
  file_type: number.optional(),
});

export const tokenizerSchema = z.object({
  ggml: z.object({
    model: z.string(),
    tokens: z.array(z.string()).min(1),
    bos_token_id: token.optional(),
    eos_token_id: token.optional(),
    add_bos_token: z.boolean().optional(),
    add_eos_token: z.boolean().optional(),
  }),
  chat_template: z.string().optional(),
});

/** Of `metadata[architecture]`, the keys that we use. */
export const decoderSchema = z.object({
  context_length: size,
  embedding_length: size,
  block_count: size,
  attention: z
    .object({
      head_count: perLayer.optional(),
      head_count_kv: perLayer.optional(),
      key_length: number.optional(),
      value_length: number.optional(),
    })
    .optional(),
  /** present in state-space models such as Mamba and their hybrids */
  ssm: z.unknown().optional(),
  /** present in RWKV */
  wkv: z.unknown().optional(),
});

/** Of `metadata.clip`. */
export const clipSchema = z.object({
  has_vision_encoder: z.boolean().optional(),
  projector_type: z.string().optional(),
  vision: z
    .object({
      projector_type: z.string().optional(),
      image_size: number.optional(),
      patch_size: size,
      block_count: size,
      embedding_length: size,
      spatial_merge_size: size.optional(),
      image_grid_pinpoints: z.array(number).optional(),
    })
    .optional(),
});

/** Of `metadata['specula-head']`: what must be known before a head is loaded. The engine checks all of it. */
export const headSchema = z.object({
  kind: headKindSchema,
  layout: number.pipe(z.literal(1, 'this version reads layout 1')),
  embedding_length: size,
  vocab_size: size,
  feature_layers: z.array(number).optional(),
  target_name: z.string().optional(),
});

/** Of `metadata.specula`, the keys that `specula models inflate` writes. */
export const inflatedSchema = z.object({ factor: z.number().positive(), first_layer: number });
