import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { bytesOf } from '#shared/contract/base64.ts';
import { roundColumnsSchema, tokenColumnsSchema } from '#shared/contract/run-columns.ts';
import { noDraftReasons, type Round, roundSchema } from '#shared/domain/round.ts';
import { type AnswerToken, answerTokenSchema, tokenOriginSchema } from '#shared/domain/token.ts';
import { packRounds, packTokens } from '../../../src-main/storage/codec/columns.ts';
import type { RoundRow, TokenRow } from '../../../src-main/storage/rows.ts';

const count = fc.nat(0x7fffffff);
// -0 does not survive JSON, which the rest of the wire is.
const real = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });

const anyRound: fc.Arbitrary<Round> = fc.record({
  index: count,
  turn: count,
  firstToken: count,
  drafted: count,
  accepted: count,
  noDraft: orNull(fc.constantFrom(...noDraftReasons)),
  gate: fc.record({
    score: orNull(real),
    threshold: orNull(real),
    hit: fc.boolean(),
    skipped: fc.boolean(),
    forgone: orNull(count),
  }),
  ms: fc.record({ draft: real, verify: real, capture: real, other: real }),
});

const anyToken: fc.Arbitrary<AnswerToken> = fc.record({
  turn: count,
  index: count,
  id: count,
  origin: fc.constantFrom(...tokenOriginSchema.options),
  depth: count,
  round: count,
  rowNode: count,
  pTarget: real,
  targetRank: count,
  pDraft: orNull(real),
  draftRank: orNull(count),
  entropy: real,
  margin: real,
  score: orNull(real),
  shares: orNull(fc.record({ system: real, image: real, text: real, generated: real })),
});

const rowOfRound = ({ gate, ms, ...r }: Round): RoundRow => [
  ...([r.index, r.turn, r.firstToken, r.drafted, r.accepted, r.noDraft] as const),
  ...([gate.score, gate.threshold, Number(gate.hit), Number(gate.skipped), gate.forgone] as const),
  ...([ms.draft, ms.verify, ms.capture, ms.other] as const),
];

const rowOfToken = ({ shares, ...t }: AnswerToken): TokenRow => [
  ...([t.turn, t.index, t.id, t.origin, t.depth, t.round, t.rowNode, t.pTarget, t.targetRank] as const),
  ...([t.pDraft, t.draftRank, t.entropy, t.margin, t.score] as const),
  ...([shares?.system ?? null, shares?.image ?? null] as const),
  ...([shares?.text ?? null, shares?.generated ?? null] as const),
];

/** What arrives on the other side of a connection. */
const sent = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('columns', () => {
  it('give back every run exactly', () => {
    fc.assert(
      fc.property(fc.array(anyRound), fc.array(anyToken), (rounds, tokens) => {
        expect(roundColumnsSchema.parse(sent(packRounds(rounds.map(rowOfRound))))).toEqual(rounds);
        expect(tokenColumnsSchema.parse(sent(packTokens(tokens.map(rowOfToken))))).toEqual(tokens);
      }),
    );
  });

  it('give what the schemas of single rounds and tokens accept', () => {
    fc.assert(
      fc.property(fc.array(anyRound), fc.array(anyToken), (rounds, tokens) => {
        const readRounds = roundColumnsSchema.parse(packRounds(rounds.map(rowOfRound)));
        const readTokens = tokenColumnsSchema.parse(packTokens(tokens.map(rowOfToken)));
        expect(z.array(roundSchema).safeParse(readRounds).success).toBe(true);
        expect(z.array(answerTokenSchema).safeParse(readTokens).success).toBe(true);
      }),
    );
  });

  const rounds = packRounds(fc.sample(anyRound, { numRuns: 3, seed: 1 }).map(rowOfRound));
  const tokens = packTokens(fc.sample(anyToken, { numRuns: 3, seed: 1 }).map(rowOfToken));
  const bytes = (...values: number[]) => Buffer.from(values).toString('base64');
  const ints = (...values: number[]) => Buffer.from(Int32Array.from(values).buffer).toString('base64');
  const doubles = (...values: number[]) => Buffer.from(Float64Array.from(values).buffer).toString('base64');

  it.each([
    [
      'a column that is too short',
      roundColumnsSchema,
      { ...rounds, turn: ints(1, 2) },
      '8 bytes instead of 12',
    ],
    ['another number of entries', roundColumnsSchema, { ...rounds, length: 4 }, '12 bytes instead of 16'],
    ['what is no base64', roundColumnsSchema, { ...rounds, turn: '%' }, 'not base64'],
    ['negative counts', roundColumnsSchema, { ...rounds, drafted: ints(0, -1, 0) }, '-1 is no count'],
    ['a null below null', roundColumnsSchema, { ...rounds, forgone: ints(0, -1, -2) }, '-2 is no count'],
    ['an unknown reason', roundColumnsSchema, { ...rounds, noDraft: bytes(0, 1, 99) }, 'no choice 99'],
    ['a flag that is neither', roundColumnsSchema, { ...rounds, hit: bytes(0, 1, 2) }, 'no choice 2'],
    ['no number', roundColumnsSchema, { ...rounds, draftMs: doubles(0, Number.NaN, 1) }, 'NaN is no finite'],
    [
      'an infinite number',
      tokenColumnsSchema,
      { ...tokens, score: doubles(0, Number.NaN, Number.POSITIVE_INFINITY) },
      'Infinity is no finite',
    ],
    [
      'a token with some shares only',
      tokenColumnsSchema,
      {
        ...tokens,
        ...Object.fromEntries(['shareSystem', 'shareImage', 'shareText'].map((s) => [s, doubles(0, 0, 0)])),
        shareGenerated: doubles(0, Number.NaN, 0),
      },
      'only some of its shares',
    ],
    ['a missing column', tokenColumnsSchema, { ...tokens, margin: undefined }, 'margin'],
  ])('refuse %s', (_, schema: z.ZodType, value, message) => {
    const result = schema.safeParse(value);
    expect(result.success).toBe(false);
    expect(result.error && z.prettifyError(result.error)).toContain(message);
  });

  it('cannot be made of what the domain does not allow', () => {
    const [round] = fc.sample(anyRound, 1);
    if (round === undefined) throw new Error('no round');
    expect(() => packRounds([rowOfRound({ ...round, drafted: 2 ** 31 })])).toThrow('is no count');
    expect(() => packRounds([rowOfRound({ ...round, ms: { ...round.ms, draft: Number.NaN } })])).toThrow(
      'is no finite',
    );
  });
});

describe('bytesOf', () => {
  it('reads what other programs write', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (value) => {
        expect(bytesOf(Buffer.from(value).toString('base64'))).toEqual(value);
      }),
    );
  });

  it('throws on anything else', () => {
    expect(() => bytesOf('*')).toThrow();
  });
});
