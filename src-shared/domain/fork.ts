import { z } from 'zod';

/** The token that a fork puts in place of the target's own choice. */
export const forcedTokenSchema = z
  .object({
    turn: z.number().int().min(0),
    /** position in the answer of its turn */
    index: z.number().int().min(0),
    id: z.number().int().min(0),
  })
  .readonly();
export type ForcedToken = z.infer<typeof forcedTokenSchema>;

/** One thing that a fork does otherwise than its parent, in words. */
export const forkChangeSchema = z
  .object({
    what: z.enum(['method', 'gate', 'sampling', 'most tokens', 'draft', 'token', 'prompt']),
    from: z.string(),
    to: z.string(),
  })
  .readonly();
export type ForkChange = z.infer<typeof forkChangeSchema>;

/**
 * Where a run comes from. It shares the rounds before `round` with its parent, and has its own from there on; an empty
 * list of changes means that it goes on as its parent would have.
 */
export const forkSchema = z
  .object({
    parent: z.string(),
    /** its first own round, counted over the run */
    round: z.number().int().min(0),
    /** turn of that round; earlier ones are the parent's altogether */
    turn: z.number().int().min(0),
    forced: forcedTokenSchema.nullable(),
    changes: z.array(forkChangeSchema).readonly(),
  })
  .readonly();
export type Fork = z.infer<typeof forkSchema>;
