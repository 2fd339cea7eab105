/** Rounds and tokens of a whole run as columns: what a run travels as when it is opened. */
import { z } from 'zod';
import { noDraftReasons, type Round } from '../domain/round.ts';
import { type AnswerToken, type Shares, tokenOriginSchema } from '../domain/token.ts';
import { ColumnError, choices, counts, countsOrNull, reals, realsOrNull } from './columns.ts';

export const flags = choices([false, true]);
export const reasons = choices([null, ...noDraftReasons]);
export const origins = choices(tokenOriginSchema.options);

const text = z.string();
const length = z.number().int().min(0);

const packedRounds = z.object({
  length,
  index: text,
  turn: text,
  firstToken: text,
  drafted: text,
  accepted: text,
  noDraft: text,
  score: text,
  threshold: text,
  hit: text,
  skipped: text,
  forgone: text,
  draftMs: text,
  verifyMs: text,
  captureMs: text,
  otherMs: text,
});
export type RoundColumns = z.infer<typeof packedRounds>;

/** Of the shares all four are there or none. */
const packedTokens = z.object({
  length,
  turn: text,
  index: text,
  id: text,
  origin: text,
  depth: text,
  round: text,
  rowNode: text,
  pTarget: text,
  targetRank: text,
  pDraft: text,
  draftRank: text,
  entropy: text,
  margin: text,
  score: text,
  shareSystem: text,
  shareImage: text,
  shareText: text,
  shareGenerated: text,
});
export type TokenColumns = z.infer<typeof packedTokens>;

/** Columns on the wire, rounds once read. */
export const roundColumnsSchema = packedRounds.transform((columns, context) =>
  unpacked(() => unpackRounds(columns), context),
);

/** Columns on the wire, tokens once read. */
export const tokenColumnsSchema = packedTokens.transform((columns, context) =>
  unpacked(() => unpackTokens(columns), context),
);

function unpacked<T>(unpack: () => readonly T[], context: z.RefinementCtx): readonly T[] {
  try {
    return unpack();
  } catch (error) {
    if (!(error instanceof ColumnError)) throw error;
    context.addIssue(error.message);
    return z.NEVER;
  }
}

function unpackRounds(columns: RoundColumns): Round[] {
  const { length } = columns;
  const index = counts.unpack(columns.index, length);
  const turn = counts.unpack(columns.turn, length);
  const firstToken = counts.unpack(columns.firstToken, length);
  const drafted = counts.unpack(columns.drafted, length);
  const accepted = counts.unpack(columns.accepted, length);
  const noDraft = reasons.unpack(columns.noDraft, length);
  const score = realsOrNull.unpack(columns.score, length);
  const threshold = realsOrNull.unpack(columns.threshold, length);
  const hit = flags.unpack(columns.hit, length);
  const skipped = flags.unpack(columns.skipped, length);
  const forgone = countsOrNull.unpack(columns.forgone, length);
  const draft = reals.unpack(columns.draftMs, length);
  const verify = reals.unpack(columns.verifyMs, length);
  const capture = reals.unpack(columns.captureMs, length);
  const other = reals.unpack(columns.otherMs, length);
  return Array.from({ length }, (_, i) => ({
    index: index(i),
    turn: turn(i),
    firstToken: firstToken(i),
    drafted: drafted(i),
    accepted: accepted(i),
    noDraft: noDraft(i),
    gate: {
      score: score(i),
      threshold: threshold(i),
      hit: hit(i),
      skipped: skipped(i),
      forgone: forgone(i),
    },
    ms: { draft: draft(i), verify: verify(i), capture: capture(i), other: other(i) },
  }));
}

function unpackTokens(columns: TokenColumns): AnswerToken[] {
  const { length } = columns;
  const turn = counts.unpack(columns.turn, length);
  const index = counts.unpack(columns.index, length);
  const id = counts.unpack(columns.id, length);
  const origin = origins.unpack(columns.origin, length);
  const depth = counts.unpack(columns.depth, length);
  const round = counts.unpack(columns.round, length);
  const rowNode = counts.unpack(columns.rowNode, length);
  const pTarget = reals.unpack(columns.pTarget, length);
  const targetRank = counts.unpack(columns.targetRank, length);
  const pDraft = realsOrNull.unpack(columns.pDraft, length);
  const draftRank = countsOrNull.unpack(columns.draftRank, length);
  const entropy = reals.unpack(columns.entropy, length);
  const margin = reals.unpack(columns.margin, length);
  const score = realsOrNull.unpack(columns.score, length);
  const system = realsOrNull.unpack(columns.shareSystem, length);
  const image = realsOrNull.unpack(columns.shareImage, length);
  const prompt = realsOrNull.unpack(columns.shareText, length);
  const generated = realsOrNull.unpack(columns.shareGenerated, length);
  return Array.from({ length }, (_, i) => ({
    turn: turn(i),
    index: index(i),
    id: id(i),
    origin: origin(i),
    depth: depth(i),
    round: round(i),
    rowNode: rowNode(i),
    pTarget: pTarget(i),
    targetRank: targetRank(i),
    pDraft: pDraft(i),
    draftRank: draftRank(i),
    entropy: entropy(i),
    margin: margin(i),
    score: score(i),
    shares: sharesOf(system(i), image(i), prompt(i), generated(i)),
  }));
}

function sharesOf(
  system: number | null,
  image: number | null,
  prompt: number | null,
  generated: number | null,
): Shares | null {
  if (system !== null && image !== null && prompt !== null && generated !== null) {
    return { system, image, text: prompt, generated };
  }
  if (system === null && image === null && prompt === null && generated === null) return null;
  throw new ColumnError('a token has only some of its shares');
}
