/** What the config.json of a head's folder says, as far as the layout needs it. */
import { z } from 'zod';
import { ModelError } from '../model-error.ts';

const count = z.number().int().min(1).max(1e7);

/**
 * Names as transformers' LlamaConfig has them, which all projects use: eagle/model/configs.py (EConfig) of SafeAILab/EAGLE
 * and its copies in Lyn-Lucy/MSD, KangJialiang/ViSpec and MMSpec; `draft_vocab_size`, `target_hidden_size`, `head_dim`:
 * eagle/model/cnets.py; `bias`: eagle/model/ea_model.py; `qkv_bias`: cnets1.py; `medusa_num_*`: medusa/model/medusa_model.py
 * of FasterDecoding/Medusa.
 */
const schema = z.object({
  model_type: z.string().optional(),
  architectures: z.array(z.string()).nullish(),
  base_model_name_or_path: z.string().optional(),
  hidden_size: count.optional(),
  target_hidden_size: count.optional(),
  num_hidden_layers: count.optional(),
  num_attention_heads: count.optional(),
  num_key_value_heads: count.nullish(),
  head_dim: count.nullish(),
  intermediate_size: count.optional(),
  vocab_size: count.optional(),
  draft_vocab_size: count.nullish(),
  hidden_act: z.string().optional(),
  rms_norm_eps: z.number().positive().optional(),
  rope_theta: z.number().positive().optional(),
  rope_scaling: z.record(z.string(), z.unknown()).nullish(),
  bias: z.boolean().optional(),
  qkv_bias: z.boolean().optional(),
  medusa_num_heads: count.optional(),
  medusa_num_layers: count.optional(),
});
export type HeadConfig = z.infer<typeof schema>;

/** @throws ModelError that names the field */
export function parseHeadConfig(folder: string, config: unknown): HeadConfig {
  const parsed = schema.safeParse(config ?? {});
  if (parsed.success) return parsed.data;
  throw new ModelError(
    'unsupported',
    folder,
    `config.json: ${z.prettifyError(parsed.error)}; take it from the same place as the weights`,
  );
}

/** Settings of the decoder layer that the layout cannot express; empty when there are none. */
export function configFaults(config: HeadConfig): string[] {
  const faults: string[] = [];
  const scaling = config.rope_scaling?.rope_type ?? config.rope_scaling?.type;
  // M-RoPE gives the same rotation on all three axes where positions are counted plainly, as these heads do.
  if (config.rope_scaling && scaling !== 'mrope' && scaling !== 'default') {
    faults.push(`config.json asks for rope_scaling of type ${String(scaling)}, which heads do not have here`);
  }
  if (config.hidden_act !== undefined && config.hidden_act !== 'silu') {
    faults.push(`config.json asks for the activation ${config.hidden_act}; the layer has silu`);
  }
  if (config.target_hidden_size !== undefined && config.target_hidden_size !== config.hidden_size) {
    faults.push(
      `the head is ${config.hidden_size} wide and its target ${config.target_hidden_size}; both must be the same`,
    );
  }
  return faults;
}
