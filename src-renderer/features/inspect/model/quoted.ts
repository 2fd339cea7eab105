import type { Turn } from '#shared/domain/run.ts';
import type { DraftTree } from '#shared/domain/tree.ts';
import { joinBytes } from './join-bytes.ts';
import { copiedSpan, retrievedPath } from './provenance.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Part of a turn's question: characters [from, to), counted in UTF-16 units. */
export interface Quoted {
  readonly turn: number;
  readonly from: number;
  readonly to: number;
}

const nothing = new Uint8Array(0);

/**
 * The parts of questions that the path through a node of a round in turn `turn` was copied from, with the match before it.
 * A turn's prompt holds the questions before it too, in order; one that its template has changed is not found.
 */
export function quotedFrom(
  turns: readonly Turn[],
  turn: Turn,
  vocabulary: Vocabulary,
  tree: DraftTree,
  node: number,
): readonly Quoted[] {
  const span = copiedSpan(retrievedPath(tree, node));
  if (span === null || span.from >= turn.promptTokens.length) return [];
  const texts = joinBytes(turn.promptTokens.map((id) => vocabulary.get(id) ?? nothing));
  const textOf = (from: number, to: number): string =>
    texts
      .slice(from, to)
      .map(({ text }) => text)
      .join('');
  const start = textOf(0, span.from).length;
  const end = start + textOf(span.from, span.to).length;
  const prompt = textOf(0, texts.length);
  const out: Quoted[] = [];
  let read = 0;
  for (const { index, user } of turns) {
    if (index > turn.index) break;
    const at = user === '' ? -1 : prompt.indexOf(user, read);
    if (at < 0) continue;
    read = at + user.length;
    const from = Math.max(start, at) - at;
    const to = Math.min(end, read) - at;
    if (from < to) out.push({ turn: index, from, to });
  }
  return out;
}
