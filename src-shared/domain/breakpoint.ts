import { z } from 'zod';
import { assertNever } from './assert.ts';

/** Longest text or pattern of a breakpoint. */
export const maxPatternLength = 200;

/** Why a text is no regular expression that can be used (JavaScript's, with the `u` flag), or null. */
export function patternProblem(pattern: string): string | null {
  try {
    new RegExp(pattern, 'u');
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const count = z.number().int().min(0).max(1_000_000);
const unit = z.number().min(0).max(1);

/**
 * What a breakpoint waits for. All are looked at after a round was verified, so the run stops between two rounds.
 * - round: this round (counted over the run) was decoded
 * - accepted: a round that drafted has `n` accepted draft tokens, or more, or fewer
 * - gate: the gate's score was at or above the threshold, or missed it by at most `near`
 * - score: the visual score r of a committed token's row was at least `least`
 * - text: the answer of this turn now has the text, or a match of the pattern, that it had not before the round
 * - p-target: the target gave a committed token less than `below`
 * - draft-rank: where the target judged drafts, its rank (1 = most likely) of the draft's first choice was above `above`
 * - differs: a committed token is the first that is not plain decoding's, or the answer ends at another place
 * - turn-end: the round ended its turn
 */
export const breakConditionSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('round'), round: count }).readonly(),
  z.object({ kind: z.literal('accepted'), is: z.enum(['=', '>=', '<=']), n: count }).readonly(),
  z.object({ kind: z.literal('gate'), near: unit }).readonly(),
  z.object({ kind: z.literal('score'), least: unit }).readonly(),
  z
    .object({ kind: z.literal('text'), text: z.string().min(1).max(maxPatternLength), regex: z.boolean() })
    .superRefine((c, context) => {
      const problem = c.regex ? patternProblem(c.text) : null;
      if (problem !== null) context.addIssue({ code: 'custom', message: problem });
    })
    .readonly(),
  z.object({ kind: z.literal('p-target'), below: unit }).readonly(),
  z.object({ kind: z.literal('draft-rank'), above: count.min(1) }).readonly(),
  z.object({ kind: z.literal('differs') }).readonly(),
  z.object({ kind: z.literal('turn-end') }).readonly(),
]);
export type BreakCondition = z.infer<typeof breakConditionSchema>;
export type BreakKind = BreakCondition['kind'];

/** Every kind once, in the order in which they are offered, with what it starts from. */
export const breakDefaults: readonly BreakCondition[] = [
  { kind: 'accepted', is: '=', n: 0 },
  { kind: 'text', text: 'the', regex: false },
  { kind: 'p-target', below: 0.5 },
  { kind: 'draft-rank', above: 3 },
  { kind: 'gate', near: 0 },
  { kind: 'score', least: 0.35 },
  { kind: 'differs' },
  { kind: 'round', round: 10 },
  { kind: 'turn-end' },
];

export const breakpointSchema = z
  .object({ id: z.string().min(1).max(40), on: z.boolean(), when: breakConditionSchema })
  .readonly();
export type Breakpoint = z.infer<typeof breakpointSchema>;
export const breakpointsSchema = z.array(breakpointSchema).max(50).readonly();

/** Where a run is to stop once, without a breakpoint of its own ("run to cursor"). */
export const stopAtSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('round'), round: count }).readonly(),
  /** place of a token over all turns of the run */
  z.object({ kind: z.literal('token'), token: count }).readonly(),
]);
export type StopAt = z.infer<typeof stopAtSchema>;

/** Why a run waits: which breakpoint, and where. `id` null: the cursor of "run to". */
export const breakHitSchema = z
  .object({
    id: z.string().nullable(),
    /** the breakpoint in words, e.g. "accepted = 0" */
    label: z.string(),
    /** counted over the run */
    round: z.number().int(),
    turn: z.number().int(),
    /** the token of the answer that it was, null where it was the round as a whole */
    token: z.number().int().nullable(),
    /** what was found, e.g. "0 of 5 draft tokens accepted" */
    found: z.string(),
  })
  .readonly();
export type BreakHit = z.infer<typeof breakHitSchema>;

/** A number between 0 and 1 as it was typed, without needless zeros. */
const short = (value: number): string => String(Number(value.toFixed(4)));

/** The condition in a few words, e.g. "p target < 0.5". */
export function breakLabel(when: BreakCondition): string {
  switch (when.kind) {
    case 'round':
      return `round ${when.round}`;
    case 'accepted':
      return `accepted ${when.is === '=' ? '=' : when.is === '>=' ? '≥' : '≤'} ${when.n}`;
    case 'gate':
      return when.near === 0 ? 'gate hit' : `gate hit, or within ${short(when.near)} of it`;
    case 'score':
      return `r ≥ ${short(when.least)}`;
    case 'text':
      return when.regex ? `text matches /${when.text}/` : `text “${when.text}”`;
    case 'p-target':
      return `p target < ${short(when.below)}`;
    case 'draft-rank':
      return `rank of the draft token > ${when.above}`;
    case 'differs':
      return 'first difference from plain decoding';
    case 'turn-end':
      return 'end of turn';
    default:
      return assertNever(when);
  }
}

/** Whether a list has the breakpoint that needs a plain run to compare with, switched on. */
export function comparesWithPlain(breakpoints: readonly Breakpoint[]): boolean {
  return breakpoints.some((b) => b.on && b.when.kind === 'differs');
}
