import type { Draft, Drafter } from './drafters/drafter.ts';
import type { PrefillOut, RowWants, TreeModel } from './model.ts';

/** What was decoded of a turn before, by another run or before a round was taken back. */
export interface Resume {
  /** at least one; the last one is the root of the next round */
  readonly tokens: readonly number[];
  /** rounds that committed them */
  readonly rounds: number;
  /** score at the row that yielded the last token, as it was recorded */
  readonly score: number | null;
  /** the last round had a draft verified */
  readonly drafted: boolean;
}

/** A token that comes next whatever the target would choose: kept from a parent's round, or set by the user. */
export interface Given {
  readonly token: number;
  readonly by: 'parent' | 'user';
}

/** Tokens fed in one pass. */
const slice = 64;

/**
 * Brings target and drafter to where they stood after `tokens`, from the prompt's end on: the tokens are fed as chains
 * that are accepted altogether. What a drafter learns from refused nodes, it does not learn here.
 * Returns the used cells of the target's context.
 */
export async function feedAgain(
  target: TreeModel,
  drafter: Drafter,
  prompt: PrefillOut,
  root: Draft,
  tokens: readonly number[],
  topK: number,
): Promise<number> {
  const wants: RowWants = { topK, layers: new Int32Array(0), patches: false, heads: false };
  drafter.observe({ tokens: tokens.slice(0, 1), draft: root, path: [0], rows: prompt.row });
  let cells = prompt.nCells;
  for (let at = 0; at < tokens.length - 1; at += slice) {
    const chain = tokens.slice(at, Math.min(at + slice, tokens.length - 1));
    const draft = chainOf(chain);
    const rows = await target.decodeTree({ tokens: draft.tokens, parents: draft.parents, wants });
    const path = chain.map((_, i) => i);
    cells = target.accept(Int32Array.from(path)).nCells;
    drafter.observe({ tokens: tokens.slice(at + 1, at + 1 + chain.length), draft, path, rows });
  }
  return cells;
}

function chainOf(tokens: readonly number[]): Draft {
  return {
    verified: tokens.length,
    tokens: Int32Array.from(tokens),
    parents: Int32Array.from(tokens, (_, i) => i - 1),
    scores: null,
    top: tokens.map(() => null),
    provenance: null,
  };
}
