import type { AnswerToken } from '#shared/domain/token.ts';
import type { DraftTree } from '#shared/domain/tree.ts';

/**
 * What tree and details are about: a node of the tree, a committed token, or both at once (an accepted node is a
 * token of the answer). The target's own token of a round has no node of its own; it is drawn as the extra node
 * `ownNode(tree)`.
 */
export interface Subject {
  readonly tokenId: number;
  readonly token: AnswerToken | null;
  /** place of the token within the round, null for a node that was not committed */
  readonly place: number | null;
  readonly node: number;
  /** node at whose row it was judged; null for the root, which was judged in an earlier round */
  readonly row: number | null;
}

/** Index of the extra node that stands for the target's own token. */
export function ownNode(tree: DraftTree): number {
  return tree.tokens.length;
}

/** Node of the committed token at `place`: where the next token was read, or the extra node for the last one. */
export function nodeOfPlace(tree: DraftTree, committed: readonly AnswerToken[], place: number): number {
  return committed[place + 1]?.rowNode ?? ownNode(tree);
}

/** Place of the committed token that a node is, null for one that was not committed. */
export function placeOfNode(tree: DraftTree, committed: readonly AnswerToken[], node: number): number | null {
  if (node === ownNode(tree)) return committed.length > 0 ? committed.length - 1 : null;
  if (node === 0) return null;
  const next = committed.findIndex((token) => token.rowNode === node);
  return next > 0 ? next - 1 : null;
}

/** The subject of a selected node; null where the tree has no such node. */
export function subjectOf(tree: DraftTree, committed: readonly AnswerToken[], node: number): Subject | null {
  const place = placeOfNode(tree, committed, node);
  const token = place === null ? null : (committed[place] ?? null);
  if (token !== null) return { tokenId: token.id, token, place, node, row: token.rowNode };
  const tokenId = tree.tokens[node];
  if (tokenId === undefined) return null;
  return { tokenId, token: null, place: null, node, row: node === 0 ? null : (tree.parents[node] ?? null) };
}

/**
 * Place of the committed token whose row judged a node: its attention belongs to the node too. Null when the node's
 * parent was not on the accepted path.
 */
export function placeOfRow(committed: readonly AnswerToken[], row: number | null): number | null {
  const place = committed.findIndex((token) => token.rowNode === row);
  return place < 0 ? null : place;
}
