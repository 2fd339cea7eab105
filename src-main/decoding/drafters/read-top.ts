import type { TopTokens } from '#shared/domain/tree.ts';
import type { TopRows } from '../model.ts';

/** One row of a draft. */
export interface Row {
  readonly rows: TopRows;
  readonly index: number;
}

/** The most likely tokens of a row, without ids that the target does not have (padding of a larger draft vocabulary). */
export function readTop({ rows, index }: Row, vocab: number): TopTokens {
  const topK = rows.topIds.length / rows.n;
  const ids: number[] = [];
  const probs: number[] = [];
  for (let i = index * topK; i < (index + 1) * topK; i++) {
    const id = rows.topIds[i] ?? 0;
    if (id >= vocab) continue;
    ids.push(id);
    probs.push(rows.topProbs[i] ?? 0);
  }
  return { ids, probs };
}
