/** Rounds and tokens as the contract's columns. */
import type { CallWire, RunDetail } from '#shared/contract/calls.ts';
import { type Column, counts, countsOrNull, reals, realsOrNull } from '#shared/contract/columns.ts';
import {
  flags,
  origins,
  type RoundColumns,
  reasons,
  type TokenColumns,
} from '#shared/contract/run-columns.ts';
import { required } from '#shared/domain/assert.ts';
import type { Round } from '#shared/domain/round.ts';
import type { AnswerToken, Shares } from '#shared/domain/token.ts';

const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');

/** A run as `runs.open` sends it. @throws ColumnError for a value that the domain does not allow */
export function packRun(run: RunDetail): CallWire<'runs.open'> {
  return { ...run, rounds: packRounds(run.rounds), tokens: packTokens(run.tokens) };
}

/** @throws ColumnError for a value that the domain does not allow */
export function packRounds(rounds: readonly Round[]): RoundColumns {
  const column = <T>(kind: Column<T>, of: (round: Round) => T): string =>
    base64(kind.pack(rounds.length, (i) => of(required(rounds[i], 'round'))));
  return {
    length: rounds.length,
    index: column(counts, (r) => r.index),
    turn: column(counts, (r) => r.turn),
    firstToken: column(counts, (r) => r.firstToken),
    drafted: column(counts, (r) => r.drafted),
    accepted: column(counts, (r) => r.accepted),
    noDraft: column(reasons, (r) => r.noDraft),
    score: column(realsOrNull, (r) => r.gate.score),
    threshold: column(realsOrNull, (r) => r.gate.threshold),
    hit: column(flags, (r) => r.gate.hit),
    skipped: column(flags, (r) => r.gate.skipped),
    forgone: column(countsOrNull, (r) => r.gate.forgone),
    draftMs: column(reals, (r) => r.ms.draft),
    verifyMs: column(reals, (r) => r.ms.verify),
    captureMs: column(reals, (r) => r.ms.capture),
    otherMs: column(reals, (r) => r.ms.other),
  };
}

/** @throws ColumnError for a value that the domain does not allow */
export function packTokens(tokens: readonly AnswerToken[]): TokenColumns {
  const column = <T>(kind: Column<T>, of: (token: AnswerToken) => T): string =>
    base64(kind.pack(tokens.length, (i) => of(required(tokens[i], 'token'))));
  const share = (name: keyof Shares): string => column(realsOrNull, (t) => t.shares?.[name] ?? null);
  return {
    length: tokens.length,
    turn: column(counts, (t) => t.turn),
    index: column(counts, (t) => t.index),
    id: column(counts, (t) => t.id),
    origin: column(origins, (t) => t.origin),
    depth: column(counts, (t) => t.depth),
    round: column(counts, (t) => t.round),
    rowNode: column(counts, (t) => t.rowNode),
    pTarget: column(reals, (t) => t.pTarget),
    targetRank: column(counts, (t) => t.targetRank),
    pDraft: column(realsOrNull, (t) => t.pDraft),
    draftRank: column(countsOrNull, (t) => t.draftRank),
    entropy: column(reals, (t) => t.entropy),
    margin: column(reals, (t) => t.margin),
    score: column(realsOrNull, (t) => t.score),
    shareSystem: share('system'),
    shareImage: share('image'),
    shareText: share('text'),
    shareGenerated: share('generated'),
  };
}
