import { headMisfit } from '../../src-shared/domain/head.ts';
import type { DecoderMetadata, HeadMetadata, ProjectorMetadata, Vocabulary } from './metadata.ts';

export type Fit = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** Vocabularies of one family differ by padding at the end (llama.cpp allows the same difference). */
const MOST_PADDING = 128;

const refuse = (reason: string): Fit => ({ ok: false, reason });

/**
 * Whether a draft speaks the target's language: token ids must mean the same in both, since only ids are exchanged.
 * A draft whose vocabulary ends up to 128 tokens earlier fits (the rest is padding); one that is longer does not,
 * as it could draft ids that the target does not have.
 */
export function draftFits(target: DecoderMetadata, draft: DecoderMetadata): Fit {
  const [t, d] = [target.vocabulary, draft.vocabulary];
  if (t.model !== d.model) {
    return refuse(`the draft's tokenizer is of type "${d.model}", the target's of type "${t.model}"`);
  }
  const missing = t.tokens.length - d.tokens.length;
  if (missing < 0 || missing > MOST_PADDING) {
    return refuse(`the draft has ${d.tokens.length} tokens, the target ${t.tokens.length}`);
  }
  const other = d.tokens.findIndex((token, id) => token !== t.tokens[id]);
  if (other !== -1) {
    const [drafted, wanted] = [JSON.stringify(d.tokens[other]), JSON.stringify(t.tokens[other])];
    return refuse(`token ${other} is ${drafted} in the draft and ${wanted} in the target`);
  }
  const special = otherSpecial(t, d);
  if (special !== null) return refuse(special);
  if (draft.recurrent)
    return refuse(`the draft's architecture ${draft.arch} is recurrent and cannot hold a draft tree`);
  return { ok: true };
}

function otherSpecial(target: Vocabulary, draft: Vocabulary): string | null {
  const say = (value: number | boolean | null): string => (value === null ? 'not set' : String(value));
  const pairs = [
    ['beginning-of-text token', draft.bos, target.bos],
    ['end-of-text token', draft.eos, target.eos],
    ['"add beginning-of-text" setting', draft.addBos, target.addBos],
    ['"add end-of-text" setting', draft.addEos, target.addEos],
  ] as const;
  const found = pairs.find(([, drafted, wanted]) => drafted !== wanted);
  return found === undefined
    ? null
    : `the draft's ${found[0]} is ${say(found[1])}, the target's ${say(found[2])}`;
}

/** Whether a projector's image tokens have the width of the decoder's embeddings. */
export function projectorFits(decoder: DecoderMetadata, projector: ProjectorMetadata): Fit {
  if (projector.outputWidth === null || projector.outputWidth === decoder.embedding) return { ok: true };
  return refuse(
    `the projector gives image tokens of width ${projector.outputWidth}, the model takes ${decoder.embedding}`,
  );
}

/** Whether a head was made for a target of this size. The engine tests the rest when it loads both. */
export function headFits(target: DecoderMetadata, head: HeadMetadata): Fit {
  const reason = headMisfit({ embedding: target.embedding, vocab: target.vocabulary.tokens.length }, head);
  if (reason !== null) return refuse(reason);
  const missing = head.featureLayers.find((layer) => layer >= target.layers);
  if (missing !== undefined) {
    return refuse(`the head reads layer ${missing}, the target has layers 0 to ${target.layers - 1}`);
  }
  const first = target.inflated?.firstLayer ?? target.layers;
  const added = head.featureLayers.find((layer) => layer >= first);
  return added === undefined
    ? { ok: true }
    : refuse(
        `the head reads layer ${added}, which inflating has put into the target and which adds nothing: use the model that the target was made from, or a head that reads layers below ${first}`,
      );
}
