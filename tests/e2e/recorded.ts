/** What the server's database holds, read beside the running server and without its code for calls. */
import Sqlite from 'better-sqlite3';
import { databaseFile } from '../../src-main/storage/home.ts';
import { prepareReads, type RunReader } from '../../src-main/storage/run-reader.ts';
import type { RoundDetail, RunDetail } from '../../src-shared/contract/calls.ts';
import { required } from '../../src-shared/domain/assert.ts';
import type { AttentionFrame, HeadFrame } from '../../src-shared/domain/round.ts';
import type { AnswerToken } from '../../src-shared/domain/token.ts';

/** Opens the database of a home folder read-only for as long as `read` takes. */
function reading<T>(home: string, read: (runs: RunReader) => T): T {
  const db = new Sqlite(databaseFile(home), { readonly: true });
  try {
    return read(prepareReads(db));
  } finally {
    db.close();
  }
}

/** A run as it is in the database. */
export interface Recorded extends RunDetail {
  /** tree and attention of every round */
  readonly details: readonly RoundDetail[];
}

export function recorded(home: string, runId: string): Recorded {
  return reading(home, (runs) => {
    const detail = required(runs.open(runId), `run ${runId} in the database`);
    const details = detail.rounds.map((round) => required(runs.round(runId, round.index), 'its rounds'));
    return { ...detail, details };
  });
}

/** Attention of every head of a layer in a round; null where it is not recorded. */
export function headsOf(home: string, runId: string, round: number, layer: number): HeadFrame | null {
  return reading(home, (runs) => runs.heads(runId, round, layer));
}

/** Ids of all runs, newest first. */
export function runIds(home: string): string[] {
  return reading(home, (runs) => runs.list().map(({ id }) => id));
}

/** Bytes of a token. */
export function bytesOf(run: RunDetail, tokenId: number): Buffer {
  const piece = required(
    run.pieces.find(({ id }) => id === tokenId),
    `the piece of token ${tokenId}`,
  );
  return Buffer.from(piece.bytes, 'base64');
}

/** A token in the marks of the window: "␣red" for " red". The built-in models' answers are plain ASCII. */
export function markedText(run: RunDetail, tokenId: number): string {
  const bytes = bytesOf(run, tokenId);
  if (bytes.length === 0) return `⟨#${tokenId}⟩`;
  return bytes.toString('utf8').replaceAll(' ', '␣').replaceAll('\n', '↵');
}

/** Tokens that a round committed, in order. */
export function tokensOf(run: RunDetail, round: number): AnswerToken[] {
  return run.tokens.filter((token) => token.round === round);
}

/** Attention of one row of a frame over the image's patches (contract: byte / 255 * scale). */
export function massOf(frame: AttentionFrame, row: number): number[] {
  const bytes = Buffer.from(frame.data, 'base64').subarray(row * frame.patches, (row + 1) * frame.patches);
  const scale = required(frame.scale[row], `row ${row} of the frame`);
  return Array.from(bytes, (byte) => (byte / 255) * scale);
}

/** Index of the largest value. */
export function strongest(values: readonly number[]): number {
  return values.indexOf(Math.max(...values));
}
