import type { AnswerToken } from '#shared/domain/token.ts';
import type { RunView } from '../model/run-view.ts';
import { type TokenText, tokenTexts } from '../model/token-rows.ts';

/** A run of tokens drawn by one component, so that a new token or another selection redraws one chunk only. */
export interface Chunk {
  /** place of the first token in the run */
  readonly from: number;
  readonly tokens: readonly AnswerToken[];
  readonly texts: readonly TokenText[];
}

export interface TurnChunks {
  readonly turn: number;
  readonly chunks: readonly Chunk[];
}

const perChunk = 96;

function sameChunk(a: Chunk, b: Chunk): boolean {
  return (
    a.from === b.from &&
    a.tokens.length === b.tokens.length &&
    a.tokens.every((token, i) => token === b.tokens[i]) &&
    a.texts.every((text, i) => {
      const other = b.texts[i];
      return text.text === other?.text && text.mark === other.mark && text.kind === other.kind;
    })
  );
}

/** The answer tokens of every turn in chunks. A chunk that did not change is the same object as in `previous`. */
export function chunksOf(view: RunView, previous: readonly TurnChunks[]): readonly TurnChunks[] {
  const known = new Map(previous.flatMap((turn) => turn.chunks.map((chunk) => [chunk.from, chunk])));
  const turns: TurnChunks[] = [];
  let from = 0;
  while (from < view.tokens.length) {
    const turn = view.tokens[from]?.turn ?? 0;
    let to = from;
    while (view.tokens[to]?.turn === turn) to += 1;
    const tokens = view.tokens.slice(from, to);
    const texts = tokenTexts(tokens, view.vocabulary);
    const chunks: Chunk[] = [];
    for (let i = 0; i < tokens.length; i += perChunk) {
      const chunk = {
        from: from + i,
        tokens: tokens.slice(i, i + perChunk),
        texts: texts.slice(i, i + perChunk),
      };
      const old = known.get(chunk.from);
      chunks.push(old !== undefined && sameChunk(old, chunk) ? old : chunk);
    }
    turns.push({ turn, chunks });
    from = to;
  }
  return turns;
}
