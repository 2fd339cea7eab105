/**
 * Names and shapes of the published heads, and where each tensor goes in our layout (models/README.md). Sides are named:
 * h the target's width, q, kv and ff those of the layer, V the vocabulary, D the draft vocabulary, Q the queries.
 */
import { assertNever } from '../../../src-shared/domain/assert.ts';
import type { HeadKind } from '../../../src-shared/domain/head.ts';

export type Side = 'h' | '2h' | '3h' | 'q' | 'kv' | 'ff' | 'V' | 'D' | 'Q' | 'heads' | 'width';

/** `matrix` becomes f16, `vector` f32, `ids` i32. */
export type Role = 'matrix' | 'vector' | 'ids';

export interface Name {
  readonly source: string;
  readonly name: string;
  readonly sides: readonly Side[];
  readonly role: Role;
  /** shape in our layout where it is another than the source's */
  readonly becomes?: readonly Side[];
  /** may be absent: always, or unless config.json (or the kind of target) says that it has to be there */
  readonly optional?: 'yes' | 'unless-bias' | 'unless-qkv-bias' | 'unless-qwen' | 'unless-reduced';
}

const matrix = (source: string, name: string, ...sides: Side[]): Name => ({
  source,
  name,
  sides,
  role: 'matrix',
});
const vector = (source: string, name: string, side: Side): Name => ({
  source,
  name,
  sides: [side],
  role: 'vector',
});
const maybe = (name: Name, optional: Name['optional'] = 'yes'): Name => ({ ...name, optional });

/** LlamaDecoderLayer (LlamaAttention, LlamaMLP, LlamaRMSNorm); `wide`: what q, k and v take. */
const decoderLayer = (prefix: string, wide: Side): readonly Name[] => [
  matrix(`${prefix}self_attn.q_proj.weight`, 'blk.0.attn_q.weight', 'q', wide),
  matrix(`${prefix}self_attn.k_proj.weight`, 'blk.0.attn_k.weight', 'kv', wide),
  matrix(`${prefix}self_attn.v_proj.weight`, 'blk.0.attn_v.weight', 'kv', wide),
  maybe(vector(`${prefix}self_attn.q_proj.bias`, 'blk.0.attn_q.bias', 'q'), 'unless-qkv-bias'),
  maybe(vector(`${prefix}self_attn.k_proj.bias`, 'blk.0.attn_k.bias', 'kv'), 'unless-qkv-bias'),
  maybe(vector(`${prefix}self_attn.v_proj.bias`, 'blk.0.attn_v.bias', 'kv'), 'unless-qkv-bias'),
  matrix(`${prefix}self_attn.o_proj.weight`, 'blk.0.attn_output.weight', 'h', 'q'),
  matrix(`${prefix}mlp.gate_proj.weight`, 'blk.0.ffn_gate.weight', 'ff', 'h'),
  matrix(`${prefix}mlp.up_proj.weight`, 'blk.0.ffn_up.weight', 'ff', 'h'),
  matrix(`${prefix}mlp.down_proj.weight`, 'blk.0.ffn_down.weight', 'h', 'ff'),
  vector(`${prefix}post_attention_layernorm.weight`, 'blk.0.ffn_norm.weight', 'h'),
];

/** nn.Embedding, in every project a frozen copy of the target's. */
const embedding = maybe(matrix('embed_tokens.weight', 'token_embd.weight', 'V', 'h'));

/**
 * SafeAILab/EAGLE, eagle/model/cnets1.py, class Model (EAGLE-1 and EAGLE-2), the same in MMSpec, method/eagle/cnets.py and
 * method/eagle2/cnets.py: layer 0 has no input_layernorm. `fc` takes [embedding; feature].
 */
const eagle: readonly Name[] = [
  matrix('fc.weight', 'fc.weight', 'h', '2h'),
  maybe(vector('fc.bias', 'fc.bias', 'h'), 'unless-bias'),
  ...decoderLayer('layers.0.', 'h'),
  embedding,
];

/**
 * Lyn-Lucy/MSD, EAGLE/eagle/model/cnets.py (in MMSpec: method/msd/cnets.py). For LLaVA the layer of EAGLE-1 (ea_llama_model.py);
 * for Qwen2-VL that of the target (ea_qwen2vl_model.py, class Qwen2VLDecoderLayer): biases for q, k, v, and input_layernorm.
 */
const msd: readonly Name[] = [
  ...eagle,
  maybe(vector('layers.0.input_layernorm.weight', 'blk.0.attn_norm.weight', 'h'), 'unless-qwen'),
];

/**
 * KangJialiang/ViSpec, vispec/model/cnets_ours.py, classes ImgAdaptor and Model (in MMSpec: method/vispec/cnets_ours.py).
 * `img_fc` takes [feature; global image vector].
 */
const vispec: readonly Name[] = [
  ...eagle,
  { ...matrix('imadpt.q', 'vision.query.weight', 'Q', 'heads', 'width'), becomes: ['Q', 'h'] },
  matrix('imadpt.k_proj.weight', 'vision.k.weight', 'h', 'h'),
  matrix('imadpt.v_proj.weight', 'vision.v.weight', 'h', 'h'),
  maybe(vector('imadpt.k_proj.bias', 'vision.k.bias', 'h'), 'unless-qkv-bias'),
  maybe(vector('imadpt.v_proj.bias', 'vision.v.bias', 'h'), 'unless-qkv-bias'),
  matrix('imadpt.o_proj.weight', 'vision.output.weight', 'h', 'h'),
  matrix('img_fc.weight', 'img_fc.weight', 'h', '2h'),
  maybe(vector('img_fc.bias', 'img_fc.bias', 'h'), 'unless-bias'),
];

/**
 * SafeAILab/EAGLE, eagle/model/cnets.py, classes LlamaDecoderLayeremb and Model (EAGLE-3), the same in MMSpec,
 * train/model/cnets_eagle3_vlm.py and cnets_eagle3_llava.py.
 */
const eagle3: readonly Name[] = [
  matrix('fc.weight', 'fc.weight', 'h', '3h'),
  ...decoderLayer('midlayer.', '2h'),
  vector('midlayer.input_layernorm.weight', 'blk.0.attn_norm.weight', 'h'),
  vector('midlayer.hidden_norm.weight', 'blk.0.attn_norm_2.weight', 'h'),
  vector('norm.weight', 'output_norm.weight', 'h'),
  matrix('lm_head.weight', 'output.weight', 'D', 'h'),
  { source: 'd2t', name: 'd2t', sides: ['D'], role: 'ids', optional: 'unless-reduced' },
  embedding,
];

/**
 * Medusa's heads, numbered from 0. FasterDecoding/Medusa, medusa/model/medusa_model.py: a ResBlock and an output matrix per head;
 * medusa_model_legacy.py, and `medusa_head.` in KangJialiang/ViSpec, vispec/model/cnets_medusa.py, and MMSpec,
 * method/medusa/cnets_medusa.py: without an output matrix.
 */
const medusa = (heads: number): readonly Name[] =>
  Array.from({ length: heads }, (_, head) => [
    matrix(`${head}.0.linear.weight`, `medusa.${head}.weight`, 'h', 'h'),
    vector(`${head}.0.linear.bias`, `medusa.${head}.bias`, 'h'),
    maybe(matrix(`${head}.1.weight`, `medusa.${head}.output.weight`, 'V', 'h')),
  ]).flat();

/** All tensors of a kind. @param heads how many a Medusa has */
export function namesOf(kind: HeadKind, heads: number): readonly Name[] {
  switch (kind) {
    case 'eagle':
      return eagle;
    case 'msd':
      return msd;
    case 'vispec':
      return vispec;
    case 'eagle3':
      return eagle3;
    case 'medusa':
      return medusa(heads);
    default:
      return assertNever(kind);
  }
}

/** Tensors that checkpoints hold beside the head, and why they are left out. */
export function beside(kind: HeadKind, source: string): string | null {
  // train/main_stage2.py of MMSpec lets accelerate save the target's output matrix as a second model.
  if (source === 'weight')
    return "the target's output matrix, saved beside the head; the target's own is used";
  // A buffer that older transformers saved; it follows from rope_theta.
  if (source.endsWith('rotary_emb.inv_freq')) return 'follows from rope_theta';
  if (source === 't2d' && kind === 'eagle3') return 'follows from d2t, and was compared with it';
  if (source === 'embed_tokens.weight' && kind === 'medusa') return 'Medusa reads no embeddings';
  return null;
}

/** A tensor's name without what wrappers put before it (DistributedDataParallel, a whole model saved with its head). */
export function plainName(kind: HeadKind | null, name: string): string {
  const bare = name.replace(/^(module\.|model\.|ea_layer\.|spec_layer\.)+/, '');
  // MMSpec, method/eagle3/spec_model.py, _normalize_eagle3_checkpoint_keys
  if (kind === 'eagle3') return bare.replace(/^layers\.0\./, 'midlayer.');
  return kind === 'medusa' ? bare.replace(/^medusa_head\./, '') : bare;
}
