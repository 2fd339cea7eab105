/**
 * Which hidden states of the target an EAGLE-3 head reads. No checkpoint says it; it was fixed by the code that the head was
 * trained with. A number is a layer of the target, counted from 0, whose output is read; -1: the embeddings.
 */
export type FeatureLayers = readonly [low: number, middle: number, high: number];

/** SafeAILab/EAGLE, eagle/traineagle3/modeling_llama_kv.py: the states that enter layers 2, n/2 and n-3 of n. */
export function paperFeatureLayers(layers: number): FeatureLayers {
  return [1, Math.floor(layers / 2) - 1, layers - 4];
}

/** MMSpec, method/eagle3/spec_model.py: hidden_states[0], [1], [2] of transformers. */
export const mmspecFeatureLayers: FeatureLayers = [-1, 0, 1];
