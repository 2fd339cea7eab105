import { z } from 'zod';
import { gateOutcomeSchema } from './gate.ts';
import { answerTokenSchema, sharesSchema } from './token.ts';
import { draftTreeSchema } from './tree.ts';

/** Why a round drafted nothing. `fork`: the fork of a run fixed its token, kept from the parent or set by the user. */
export const noDraftReasons = [
  'prefill',
  'method',
  'gate',
  'no-match',
  'last-token',
  'draft-context-full',
  'fork',
] as const;
export const noDraftReasonSchema = z.enum(noDraftReasons);
export type NoDraftReason = z.infer<typeof noDraftReasonSchema>;

/** Milliseconds of one round. `capture` is the extra time spent reading attention, not part of `verify`. */
export const roundTimesSchema = z
  .object({ draft: z.number(), verify: z.number(), capture: z.number(), other: z.number() })
  .readonly();
export type RoundTimes = z.infer<typeof roundTimesSchema>;

/**
 * One target pass that yields answer tokens. Round 0 of a turn is the prefill (one token, nothing drafted), so
 * that plain decoding of n tokens has n rounds and new tokens = sum(accepted + 1) holds for every method
 * (methods.md 3). The last token of a round is always the target's own; where the answer ends inside the
 * accepted path (end of text, max tokens) that token counts as the +1, since the pass gives it anyway.
 */
export const roundSchema = z
  .object({
    /** counted over the whole run */
    index: z.number().int().min(0),
    turn: z.number().int().min(0),
    /** answer index of the first token this round committed */
    firstToken: z.number().int().min(0),
    drafted: z.number().int().min(0),
    accepted: z.number().int().min(0),
    noDraft: noDraftReasonSchema.nullable(),
    gate: gateOutcomeSchema,
    ms: roundTimesSchema,
  })
  .readonly();
export type Round = z.infer<typeof roundSchema>;

/**
 * Attention of one layer over image patches for the rows that yielded this round's tokens, head-averaged.
 * `data` is base64 of u8 [rows][patches]; value = byte / 255 * scale[row].
 */
export const attentionFrameSchema = z
  .object({
    layer: z.number().int().min(0),
    rows: z.number().int().min(0),
    patches: z.number().int().min(0),
    scale: z.array(z.number()).readonly(),
    data: z.string(),
  })
  .readonly();
export type AttentionFrame = z.infer<typeof attentionFrameSchema>;

/**
 * Attention of every head of one layer over image patches, for the same rows. `data` is base64 of u8
 * [heads][rows][patches]; value = byte / 255 * scale[head * rows + row].
 */
export const headFrameSchema = z
  .object({
    layer: z.number().int().min(0),
    heads: z.number().int().min(0),
    rows: z.number().int().min(0),
    patches: z.number().int().min(0),
    scale: z.array(z.number()).readonly(),
    data: z.string(),
  })
  .readonly();
export type HeadFrame = z.infer<typeof headFrameSchema>;

/** Bytes of a token as base64: a token can hold part of a UTF-8 character. */
export const tokenPieceSchema = z.object({ id: z.number().int(), bytes: z.base64() }).readonly();
export type TokenPiece = z.infer<typeof tokenPieceSchema>;

/** A round with everything recorded about it; row i of an attention frame belongs to tokens[i]. */
export const roundRecordSchema = z
  .object({
    round: roundSchema,
    tokens: z.array(answerTokenSchema).readonly(),
    tree: draftTreeSchema,
    attention: z.array(attentionFrameSchema).readonly(),
    /** the same of every head, where they are recorded; windows ask for it layer by layer, so events leave it empty */
    heads: z.array(headFrameSchema).readonly(),
    /** pieces of token ids that this run had not mentioned before */
    pieces: z.array(tokenPieceSchema).readonly(),
  })
  .readonly();
export type RoundRecord = z.infer<typeof roundRecordSchema>;

/** Attention of a round that was read after its run: maps, and the score and shares of its tokens, in their order. */
export const capturedRoundSchema = z
  .object({
    round: z.number().int().min(0),
    attention: z.array(attentionFrameSchema).readonly(),
    heads: z.array(headFrameSchema).readonly(),
    tokens: z
      .array(z.object({ score: z.number().nullable(), shares: sharesSchema.nullable() }).readonly())
      .readonly(),
  })
  .readonly();
export type CapturedRound = z.infer<typeof capturedRoundSchema>;
