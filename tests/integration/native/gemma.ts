/**
 * A random-weight Gemma 3: every second layer sees a sliding window only, so there are two KV caches, and an
 * image is looked at as a whole (non-causal). Names and shapes as llama.cpp's models/gemma3.cpp and
 * mtmd's models/siglip.cpp read them.
 */

import { mlpProjector } from '../../fixtures/gguf/projectors.ts';
import { fullVocabulary, vocabularyMetadata } from '../../fixtures/gguf/vocabulary.ts';
import { Weights } from '../../fixtures/gguf/weights.ts';
import type { GgufContent, MetadataValue } from '../../fixtures/gguf/writer.ts';

const WIDTH = 128;
const HEADS = 4;
const KV_HEADS = 2;
const HEAD_SIZE = 32;
const FEED_FORWARD = 256;
export const WINDOW = 16;

export function gemmaDecoder(seed: number): GgufContent {
  const vocabulary = fullVocabulary();
  const metadata = new Map<string, MetadataValue>([
    ['general.architecture', 'gemma3'],
    ['general.type', 'model'],
    ['general.name', 'random gemma3 fixture'],
    ['general.file_type', { u32: 0 }],
    ['gemma3.context_length', { u32: 4096 }],
    ['gemma3.embedding_length', { u32: WIDTH }],
    ['gemma3.block_count', { u32: 4 }],
    ['gemma3.feed_forward_length', { u32: FEED_FORWARD }],
    ['gemma3.attention.head_count', { u32: HEADS }],
    ['gemma3.attention.head_count_kv', { u32: KV_HEADS }],
    ['gemma3.attention.key_length', { u32: HEAD_SIZE }],
    ['gemma3.attention.value_length', { u32: HEAD_SIZE }],
    ['gemma3.attention.layer_norm_rms_epsilon', { f32: 1e-5 }],
    ['gemma3.attention.sliding_window', { u32: WINDOW }],
    ['gemma3.attention.sliding_window_pattern', { u32: 2 }],
    ['gemma3.rope.freq_base', { f32: 10000 }],
    ...vocabularyMetadata(vocabulary),
  ]);
  const w = new Weights(seed);
  const scale = 2 / Math.sqrt(WIDTH);
  w.add('token_embd.weight', [WIDTH, vocabulary.tokens.length], 0.3);
  w.addNorm('output_norm.weight', WIDTH);
  for (let layer = 0; layer < 4; layer++) {
    const block = `blk.${layer}.`;
    for (const norm of ['attn_norm', 'post_attention_norm', 'ffn_norm', 'post_ffw_norm']) {
      w.addNorm(`${block}${norm}.weight`, WIDTH);
    }
    for (const norm of ['attn_q_norm', 'attn_k_norm']) w.addNorm(`${block}${norm}.weight`, HEAD_SIZE);
    w.add(`${block}attn_q.weight`, [WIDTH, HEADS * HEAD_SIZE], scale);
    w.add(`${block}attn_k.weight`, [WIDTH, KV_HEADS * HEAD_SIZE], scale);
    w.add(`${block}attn_v.weight`, [WIDTH, KV_HEADS * HEAD_SIZE], scale);
    w.add(`${block}attn_output.weight`, [HEADS * HEAD_SIZE, WIDTH], scale);
    w.add(`${block}ffn_gate.weight`, [WIDTH, FEED_FORWARD]);
    w.add(`${block}ffn_up.weight`, [WIDTH, FEED_FORWARD]);
    w.add(`${block}ffn_down.weight`, [FEED_FORWARD, WIDTH]);
  }
  return { metadata, tensors: w.tensors };
}

/** 96 px in patches of 8, pooled 2 x 2: 36 image tokens. */
export function gemmaProjector(seed: number): GgufContent {
  const vision = 64;
  const base = mlpProjector(WIDTH, seed);
  const metadata = new Map([
    ...base.metadata,
    ['clip.projector_type', 'gemma3'] as const,
    ['clip.vision.projector.scale_factor', { u32: 2 }] as const,
  ]);
  const w = new Weights(seed + 1);
  w.add('v.position_embd.weight', [vision, 144], 0.3);
  w.addNorm('v.post_ln.weight', vision);
  w.add('v.post_ln.bias', [vision], 0.1);
  w.add('mm.input_projection.weight', [WIDTH, vision]);
  w.addNorm('mm.soft_emb_norm.weight', vision);
  const kept = base.tensors.filter(({ name }) => name === 'v.patch_embd.weight' || name.startsWith('v.blk.'));
  return { metadata, tensors: [...kept, ...w.tensors] };
}
