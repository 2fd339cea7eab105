import type { Turn } from '#shared/domain/run.ts';
import type { AnswerToken } from '#shared/domain/token.ts';
import type { Provenance } from '#shared/domain/tree.ts';

/** Token ids of a retrieval's match and of what was copied after it; -1 stands for an image token. */
export interface RetrievedSpan {
  readonly matched: readonly number[];
  readonly copied: readonly number[];
}

/** The tokens of a retrieval, read from the turn's prompt followed by its answer. */
export function retrievedSpan(p: Provenance, turn: Turn, answer: readonly AnswerToken[]): RetrievedSpan {
  const at = (i: number): number | undefined =>
    i < turn.promptTokens.length ? turn.promptTokens[i] : answer[i - turn.promptTokens.length]?.id;
  const slice = (from: number, to: number) => {
    const out: number[] = [];
    for (let i = Math.max(0, from); i < to; i += 1) {
      const id = at(i);
      if (id !== undefined) out.push(id);
    }
    return out;
  };
  return { matched: slice(p.start - p.matched, p.start), copied: slice(p.start, p.start + p.length) };
}
