/** Rows of rounds and tokens as the contract's columns. They go straight into these: a run has tens of thousands. */
import { type Column, counts, countsOrNull, reals, realsOrNull } from '#shared/contract/columns.ts';
import {
  flags,
  origins,
  type RoundColumns,
  reasons,
  type TokenColumns,
} from '#shared/contract/run-columns.ts';
import { required } from '#shared/domain/assert.ts';
import type { RoundRow, TokenRow } from '../rows.ts';

/** Packs values of rows, which lie in the order of rows.ts. */
const packer =
  <R>(rows: readonly R[]) =>
  <T>(kind: Column<T>, of: (row: R) => T): string => {
    const { buffer, byteOffset, byteLength } = kind.pack(rows.length, (i) => of(required(rows[i], 'row')));
    return Buffer.from(buffer, byteOffset, byteLength).toString('base64');
  };

/** @throws ColumnError for a value that the domain does not allow */
export function packRounds(rows: readonly RoundRow[]): RoundColumns {
  const column = packer(rows);
  return {
    length: rows.length,
    index: column(counts, (r) => r[0]),
    turn: column(counts, (r) => r[1]),
    firstToken: column(counts, (r) => r[2]),
    drafted: column(counts, (r) => r[3]),
    accepted: column(counts, (r) => r[4]),
    noDraft: column(reasons, (r) => r[5]),
    score: column(realsOrNull, (r) => r[6]),
    threshold: column(realsOrNull, (r) => r[7]),
    hit: column(flags, (r) => r[8] === 1),
    skipped: column(flags, (r) => r[9] === 1),
    forgone: column(countsOrNull, (r) => r[10]),
    draftMs: column(reals, (r) => r[11]),
    verifyMs: column(reals, (r) => r[12]),
    captureMs: column(reals, (r) => r[13]),
    otherMs: column(reals, (r) => r[14]),
  };
}

/** @throws ColumnError for a value that the domain does not allow */
export function packTokens(rows: readonly TokenRow[]): TokenColumns {
  const column = packer(rows);
  return {
    length: rows.length,
    turn: column(counts, (r) => r[0]),
    index: column(counts, (r) => r[1]),
    id: column(counts, (r) => r[2]),
    origin: column(origins, (r) => r[3]),
    depth: column(counts, (r) => r[4]),
    round: column(counts, (r) => r[5]),
    rowNode: column(counts, (r) => r[6]),
    pTarget: column(reals, (r) => r[7]),
    targetRank: column(counts, (r) => r[8]),
    pDraft: column(realsOrNull, (r) => r[9]),
    draftRank: column(countsOrNull, (r) => r[10]),
    entropy: column(reals, (r) => r[11]),
    margin: column(reals, (r) => r[12]),
    score: column(realsOrNull, (r) => r[13]),
    shareSystem: column(realsOrNull, (r) => r[14]),
    shareImage: column(realsOrNull, (r) => r[15]),
    shareText: column(realsOrNull, (r) => r[16]),
    shareGenerated: column(realsOrNull, (r) => r[17]),
  };
}
