import type { AnswerToken } from '#shared/domain/token.ts';
import { hexOf } from './bytes.ts';
import { type JoinedText, joinBytes } from './join-bytes.ts';
import { isBlank, visibleText } from './visible-text.ts';
import type { Vocabulary } from './vocabulary.ts';

/** How the token stream draws one token. `text` joined over tokens is the answer; `mark` is drawn, never copied. */
export interface TokenText {
  readonly text: string;
  /** drawn in place of what would otherwise be invisible; '' for ordinary text */
  readonly mark: string;
  readonly kind: 'text' | 'blank' | 'part' | 'broken' | 'control';
}

const noBytes = new Uint8Array(0);

function rowOf(id: number, bytes: Uint8Array, { text, kind }: JoinedText): TokenText {
  if (bytes.length === 0) return { text: '', mark: `⟨#${id}⟩`, kind: 'control' };
  if (kind === 'part') return { text: '', mark: '·', kind: 'part' };
  if (kind === 'broken') return { text: '', mark: `⟨${hexOf(bytes)}⟩`, kind: 'broken' };
  if (isBlank(text)) return { text, mark: visibleText(text), kind: 'blank' };
  return { text, mark: '', kind: 'text' };
}

/** Rows of joined texts that `joinBytes` gives again and again; a token without bytes is drawn by its id. */
const rows = new WeakMap<JoinedText, TokenText>();

function knownRow(id: number, bytes: Uint8Array, joined: JoinedText): TokenText {
  const known = bytes.length === 0 ? undefined : rows.get(joined);
  if (known !== undefined) return known;
  const row = rowOf(id, bytes, joined);
  if (bytes.length > 0) rows.set(joined, row);
  return row;
}

/** Texts of the answer tokens of one turn, in order; characters spread over tokens are joined. */
export function tokenTexts(tokens: readonly AnswerToken[], vocabulary: Vocabulary): TokenText[] {
  const pieces = tokens.map((token) => vocabulary.get(token.id) ?? noBytes);
  return joinBytes(pieces).map((joined, i) => knownRow(tokens[i]?.id ?? 0, pieces[i] ?? noBytes, joined));
}
