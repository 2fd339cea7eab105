/** Which kind of head a checkpoint holds, from the names of its tensors and its config.json. */
import type { HeadKind } from '../../../src-shared/domain/head.ts';
import type { HeadConfig } from './config.ts';
import { plainName } from './names.ts';

export interface Detected {
  readonly kind: HeadKind;
  /** in words: what it was recognised by */
  readonly by: string;
}

/** Layer classes that MSD chooses between (Lyn-Lucy/MSD, EAGLE/eagle/model/cnets.py, class Model). */
const msdModelTypes = ['llava', 'qwen2_vl'];

/** @returns null when the names are those of no kind */
export function detectKind(names: readonly string[], config: HeadConfig): Detected | null {
  const bare = names.map((name) => plainName(null, name));
  const has = (pattern: RegExp): string | undefined => bare.find((name) => pattern.test(name));
  const found = (kind: HeadKind, name: string | undefined): Detected | null =>
    name === undefined ? null : { kind, by: `the tensor ${name}` };
  return (
    found('medusa', has(/^(medusa_head\.)?\d+\.0\.linear\.weight$/)) ??
    found('vispec', has(/^imadpt\.q$/)) ??
    found('eagle3', has(/^(midlayer\.|d2t$|.*\.hidden_norm\.weight$)/)) ??
    (has(/^fc\.weight$/) !== undefined && has(/^layers\.0\.self_attn\.q_proj\.weight$/) !== undefined
      ? eagleOrMsd(config, has(/^layers\.0\.input_layernorm\.weight$/))
      : null)
  );
}

/** Both have the same tensors for LLaVA; only MSD's settings name the target's model type. */
function eagleOrMsd({ model_type }: HeadConfig, inputNorm: string | undefined): Detected {
  if (inputNorm !== undefined)
    return { kind: 'msd', by: `the tensor ${inputNorm}, which EAGLE does not have` };
  if (model_type !== undefined && msdModelTypes.includes(model_type)) {
    return { kind: 'msd', by: `model_type ${model_type} in config.json; EAGLE has the same tensors` };
  }
  return { kind: 'eagle', by: 'fc and one decoder layer; MSD for LLaVA has the same tensors' };
}
