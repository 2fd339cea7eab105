import { z } from 'zod';

/** Kinds of draft heads, as a head's file names them (`specula-head.kind`); EAGLE-1 and EAGLE-2 share the first. */
export const headKinds = ['eagle', 'eagle3', 'medusa', 'msd', 'vispec'] as const;
export const headKindSchema = z.enum(headKinds);
export type HeadKind = z.infer<typeof headKindSchema>;

/** Sizes by which a head belongs to a target. Null: not known. */
interface Sizes {
  /** of the target's hidden states */
  readonly embedding: number | null;
  /** tokens */
  readonly vocab: number | null;
}

/** Vocabularies of one family differ by padding at the end. */
const mostPadding = 128;

/** Why a head cannot draft for a target, in words; null: by its sizes it can. The engine tests the rest when it loads both. */
export function headMisfit(target: Sizes, head: Sizes): string | null {
  if (target.embedding !== head.embedding) {
    return `the head reads hidden states of width ${head.embedding}, the target's have ${target.embedding}`;
  }
  if (Math.abs((target.vocab ?? 0) - (head.vocab ?? 0)) > mostPadding) {
    return `the head was made for ${head.vocab} tokens, the target has ${target.vocab}`;
  }
  return null;
}
