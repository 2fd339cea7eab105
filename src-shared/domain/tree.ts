import { z } from 'zod';

/**
 * What became of a node of a round's draft tree.
 * - root: the last committed token, not a draft
 * - accepted: on the accepted path
 * - not-chosen: its parent was accepted, but the target chose another token there; under sampling it was never tried,
 *   since a sibling before it was accepted
 * - draw-refused: its parent was accepted, but the seeded draw refused it (sampling only)
 * - parent-refused: an ancestor was refused, so it never counted
 * - after-end: the answer ended (end of text or max tokens) at its parent, so it could not count
 * - cut-budget: proposed by the drafter, but left out of the verified tree by the node budget
 * - given-up: the target would have accepted it (or did), but the gate kept it out of the answer
 * - cut-gate: proposed by the drafter, but the gate forbade to verify it
 */
export const nodeFates = [
  'root',
  'accepted',
  'not-chosen',
  'draw-refused',
  'parent-refused',
  'after-end',
  'cut-budget',
  'given-up',
  'cut-gate',
] as const;
export const nodeFateSchema = z.enum(nodeFates);
export type NodeFate = z.infer<typeof nodeFateSchema>;

/** The most likely tokens of one distribution, by decreasing probability (softmax at temperature 1). */
export const topTokensSchema = z
  .object({ ids: z.array(z.number().int()).readonly(), probs: z.array(z.number()).readonly() })
  .readonly();
export type TopTokens = z.infer<typeof topTokensSchema>;

/** Texts that a draft token can come from. `turn`: an earlier turn of this sample; `run`: an earlier run of this process. */
export const provenanceSources = ['prompt', 'answer', 'draft', 'turn', 'run'] as const;

/**
 * Where a retrieval method found a draft token: the place it was copied from or, with a `rank`, the place for which the
 * target once gave it that rank among its most likely tokens.
 */
export const provenanceSchema = z
  .object({
    source: z.enum(provenanceSources),
    /** tokens up to the round's root (with a rank: up to the node's parent) that stood before that place too */
    matched: z.number().int(),
    /** the place, counted over the prompt's tokens then the answer's of this turn; null: in another text */
    at: z.number().int().nullable(),
    /** 0-based rank among the target's tokens there; null: copied text */
    rank: z.number().int().nullable(),
  })
  .readonly();
export type Provenance = z.infer<typeof provenanceSchema>;

const column = <T extends z.ZodType>(item: T) => z.array(item).readonly();

/**
 * The draft tree of a round, column by column. Node 0 is the root; parents come before children.
 * The first `verified` nodes were in the target's pass; the rest are proposals cut before it.
 * A plain round has the root alone. In the prefill round node 0 stands for the last prompt token.
 */
export const draftTreeSchema = z
  .object({
    verified: z.number().int().min(1),
    tokens: column(z.number().int()),
    parents: column(z.number().int()),
    fates: column(nodeFateSchema),
    /** draft probability of the node at its parent and its 0-based rank there; null for retrieval methods and the root */
    draftProb: column(z.number().nullable()),
    draftRank: column(z.number().int().nullable()),
    /** cumulative draft log-probability from the root (nats); null as above */
    logProb: column(z.number().nullable()),
    /** target's probability and 0-based rank of the node at its parent's row; null for the root and for cut nodes */
    targetProb: column(z.number().nullable()),
    targetRank: column(z.number().int().nullable()),
    /** per verified node: the target's row there */
    targetTop: column(topTokensSchema),
    entropy: column(z.number()),
    margin: column(z.number()),
    /** per verified node, image share of attention in the score layer; null: not captured */
    imageShare: column(z.number().nullable()),
    /** per node that the drafter expanded: its distribution there; null otherwise */
    draftTop: column(topTokensSchema.nullable()),
    /** per node, null for the root; null altogether for methods that do not retrieve */
    provenance: column(provenanceSchema.nullable()).nullable(),
  })
  .readonly();
export type DraftTree = z.infer<typeof draftTreeSchema>;

/** Depth of every node, root 0. */
export function depths(parents: readonly number[]): number[] {
  const out: number[] = [];
  for (const [i, parent] of parents.entries()) out.push(i === 0 ? 0 : (out[parent] ?? 0) + 1);
  return out;
}

/** Node indices from the root to `node`, both included. */
export function pathTo(parents: readonly number[], node: number): number[] {
  const path: number[] = [];
  for (let i = node; i >= 0; i = parents[i] ?? -1) path.push(i);
  return path.reverse();
}
