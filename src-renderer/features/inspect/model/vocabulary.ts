import { bytesOf } from '#shared/contract/base64.ts';
import type { TokenPiece } from '#shared/domain/round.ts';
import { hexOf } from './bytes.ts';
import { joinBytes } from './join-bytes.ts';
import { visibleText } from './visible-text.ts';

/** Bytes of the token ids that a run has mentioned so far. */
export type Vocabulary = ReadonlyMap<number, Uint8Array>;

/** A vocabulary with further pieces; the given one stays as it is. */
export function withPieces(vocabulary: Vocabulary, pieces: readonly TokenPiece[]): Vocabulary {
  if (pieces.length === 0) return vocabulary;
  const next = new Map(vocabulary);
  for (const piece of pieces) next.set(piece.id, bytesOf(piece.bytes));
  return next;
}

/**
 * A single token in visible characters, for trees and tables. Bytes that are no whole character are given in
 * hexadecimal ("⟨E4 BD⟩"), a token without bytes or unknown to the run by its id ("⟨#151645⟩").
 */
export function tokenLabel(vocabulary: Vocabulary, id: number): string {
  const bytes = vocabulary.get(id);
  if (bytes === undefined || bytes.length === 0) return `⟨#${id}⟩`;
  const joined = joinBytes([bytes])[0];
  if (joined === undefined || joined.kind !== 'whole') return `⟨${hexOf(bytes)}⟩`;
  return visibleText(joined.text);
}
