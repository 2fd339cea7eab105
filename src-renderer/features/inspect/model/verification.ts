import type { AnswerToken } from '#shared/domain/token.ts';
import type { DraftTree, NodeFate } from '#shared/domain/tree.ts';

/** A draft token that the target was offered at a place. */
export interface Offer {
  readonly node: number;
  readonly token: number;
  readonly draftProb: number | null;
  readonly targetProb: number | null;
  readonly targetRank: number | null;
  readonly fate: NodeFate;
}

/** One comparison of a verified round: what was offered after a node, and what the target chose. */
export interface Comparison {
  /** node whose row decided */
  readonly row: number;
  readonly offers: readonly Offer[];
  readonly chosen: AnswerToken;
}

/** The verification of a round, node by node along the accepted path: one comparison per committed token. */
export function comparisonsOf(tree: DraftTree, committed: readonly AnswerToken[]): readonly Comparison[] {
  return committed.map((chosen) => ({ row: chosen.rowNode, offers: offersAt(tree, chosen.rowNode), chosen }));
}

function offersAt(tree: DraftTree, row: number): Offer[] {
  const offers: Offer[] = [];
  for (let node = 1; node < tree.verified; node++) {
    if (tree.parents[node] !== row) continue;
    offers.push({
      node,
      token: tree.tokens[node] ?? 0,
      draftProb: tree.draftProb[node] ?? null,
      targetProb: tree.targetProb[node] ?? null,
      targetRank: tree.targetRank[node] ?? null,
      fate: tree.fates[node] ?? 'root',
    });
  }
  return offers;
}
