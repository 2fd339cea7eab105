import { z } from 'zod';

/**
 * Where a token of the answer came from.
 * - prefill: chosen at the last prompt row, before any round drafted
 * - accepted: a draft token that verification accepted
 * - correction: the target's own token where every offered draft token was refused
 * - bonus: the target's own token after the last accepted draft token of a fully accepted path
 * - plain: the target's own token of a round in which nothing was drafted
 * - forced-plain: as plain, because the gate (ViSkip) decided not to speculate
 * - user: put there by the user, in a fork; not the target's choice
 */
/** The origins that decoding gives; `user` comes on top. */
export const tokenOrigins = ['prefill', 'accepted', 'correction', 'bonus', 'plain', 'forced-plain'] as const;
export const tokenOriginSchema = z.enum([...tokenOrigins, 'user']);
export type TokenOrigin = z.infer<typeof tokenOriginSchema>;

/**
 * Shares of the (head-averaged) attention of one row: prompt text before the first image, image, prompt text after it
 * (all of it without an image), answer. They sum to 1, less what a model with attention sinks puts on its sink.
 */
export const sharesSchema = z
  .object({ system: z.number(), image: z.number(), text: z.number(), generated: z.number() })
  .readonly();
export type Shares = z.infer<typeof sharesSchema>;

/** One token of an answer, as it was committed. Its text comes from the run's token pieces, by id. */
export const answerTokenSchema = z
  .object({
    turn: z.number().int().min(0),
    /** position in the answer of its turn, 0-based */
    index: z.number().int().min(0),
    id: z.number().int().min(0),
    origin: tokenOriginSchema,
    /** depth in the draft tree of an accepted token (1 = child of the root), otherwise 0 */
    depth: z.number().int().min(0),
    /** round that committed it, counted over the whole run */
    round: z.number().int().min(0),
    /** node of that round's tree whose row yielded this token */
    rowNode: z.number().int().min(0),
    /** probability and 0-based rank in the target's distribution (softmax of raw logits) */
    pTarget: z.number(),
    targetRank: z.number().int(),
    /** probability and 0-based rank in the draft's distribution at the same place; null: the draft did not offer or rank it */
    pDraft: z.number().nullable(),
    draftRank: z.number().int().nullable(),
    /** entropy of the target's distribution, nats */
    entropy: z.number(),
    /** top-1 minus top-2 logit */
    margin: z.number(),
    /** visual score r of the row that yielded it (methods.md 5.2); null: no image or nothing captured */
    score: z.number().nullable(),
    shares: sharesSchema.nullable(),
  })
  .readonly();
export type AnswerToken = z.infer<typeof answerTokenSchema>;
