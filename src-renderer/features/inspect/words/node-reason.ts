import { assertNever } from '#shared/domain/assert.ts';
import type { AnswerToken } from '#shared/domain/token.ts';
import { type DraftTree, pathTo } from '#shared/domain/tree.ts';
import { probability, rank } from './numbers.ts';
import { originLooks } from './origins.ts';

/** What a reason needs besides the tree. */
export interface ReasonContext {
  readonly tree: DraftTree;
  /** tokens that the round committed, in order */
  readonly committed: readonly AnswerToken[];
  readonly label: (tokenId: number) => string;
  readonly sampling: boolean;
  readonly nodeBudget: number | null;
}

const quoted = (c: ReasonContext, id: number): string => `«${c.label(id)}»`;

/** "p .93, rank #1", or '' for what the target never judged. */
function targetWords(tree: DraftTree, node: number): string {
  const p = tree.targetProb[node] ?? null;
  const r = tree.targetRank[node] ?? null;
  if (p === null || r === null) return '';
  return `${rank(r)}, p ${probability(p)}`;
}

/** Token the target put at the row of `node`, which is on the accepted path; null when it put none there. */
export function chosenAt(
  tree: DraftTree,
  committed: readonly AnswerToken[],
  node: number,
): AnswerToken | null {
  return committed.find((token) => token.rowNode === node && node < tree.verified) ?? null;
}

/** Nearest ancestor of `node` that the target refused. */
function refusedAncestor(tree: DraftTree, node: number): number | null {
  const refused = pathTo(tree.parents, node)
    .slice(0, -1)
    .find((n) => tree.fates[n] === 'not-chosen' || tree.fates[n] === 'draw-refused');
  return refused ?? null;
}

function versus(c: ReasonContext, node: number, verb: string): string {
  const chosen = chosenAt(c.tree, c.committed, c.tree.parents[node] ?? 0);
  const own = targetWords(c.tree, node);
  const here = own === '' ? '' : `; this was ${own}`;
  if (chosen === null) return `the target ${verb} another token here${here}`;
  return `the target ${verb} ${quoted(c, chosen.id)}, p ${probability(chosen.pTarget)}${here}`;
}

/**
 * Why a node of the tree was accepted or refused, as one sentence without a full stop. Probabilities are those of the
 * target at the row of the node's parent (softmax of raw logits), ranks count from 1.
 */
export function nodeReason(c: ReasonContext, node: number): string {
  const { tree } = c;
  const fate = tree.fates[node] ?? 'root';
  switch (fate) {
    case 'root':
      return 'the last committed token, where this round began; not a draft';
    case 'accepted': {
      const own = targetWords(tree, node);
      const how = c.sampling ? 'accepted by the draw' : 'accepted: the target chose it too';
      return own === '' ? how : `${how} (${own})`;
    }
    case 'not-chosen':
      return versus(c, node, 'chose');
    case 'draw-refused':
      return `refused by the draw: ${versus(c, node, 'drew')}`;
    case 'parent-refused': {
      const ancestor = refusedAncestor(tree, node);
      if (ancestor === null) return 'its parent was refused, so it never counted';
      const which = ancestor === tree.parents[node] ? 'its parent' : 'its ancestor';
      return `${which} ${quoted(c, tree.tokens[ancestor] ?? 0)} was refused, so it never counted`;
    }
    case 'after-end': {
      const chosen = chosenAt(tree, c.committed, tree.parents[node] ?? 0);
      return chosen?.id === tree.tokens[node]
        ? "right, but the answer ended with this token, which counts as the target's own"
        : 'the answer ended before it, so it could not count';
    }
    case 'cut-budget':
      return c.nodeBudget === null
        ? 'proposed, but cut by the node budget before verification'
        : `proposed, but cut by the node budget of ${c.nodeBudget} before verification`;
    case 'given-up':
      return 'the target would have accepted it, but the gate skipped this round';
    case 'cut-gate':
      return 'proposed, but the gate skipped this round before verification';
    default:
      return assertNever(fate);
  }
}

/** What the draft had thought of a token at a row: proposed and cut, ranked too low, or not seen at all; '' without a draft. */
function draftOpinion(c: ReasonContext, row: number, id: number): string {
  const { tree } = c;
  const cut = tree.tokens.findIndex(
    (token, i) => i >= tree.verified && token === id && tree.parents[i] === row,
  );
  if (cut > 0) {
    const q = tree.draftProb[cut] ?? null;
    const r = tree.draftRank[cut] ?? null;
    const standing = q === null || r === null ? '' : ` (${rank(r)}, q ${probability(q)})`;
    const by = tree.fates[cut] === 'cut-budget' ? 'the node budget cut it' : 'the gate forbade to verify it';
    return `; the draft had proposed it${standing}, but ${by}`;
  }
  const top = tree.draftTop[row] ?? null;
  if (top === null) return '';
  const at = top.ids.indexOf(id);
  if (at < 0) return `; the draft did not have it among its ${top.ids.length} most likely`;
  return `; for the draft it was ${rank(at)}, q ${probability(top.probs[at] ?? 0)}, and was not offered`;
}

/** Why the round ended with the target's own token, and what the draft had thought of it, without a full stop. */
export function ownReason(c: ReasonContext, token: AnswerToken): string {
  const about = originLooks[token.origin].about;
  return token.origin === 'correction' ? `${about}${draftOpinion(c, token.rowNode, token.id)}` : about;
}

/** One or two words for a fate, for node boxes and tables. */
export function fateWord(fate: DraftTree['fates'][number]): string {
  switch (fate) {
    case 'root':
      return 'root';
    case 'accepted':
      return 'accepted';
    case 'not-chosen':
      return 'refused';
    case 'draw-refused':
      return 'refused by draw';
    case 'parent-refused':
      return 'parent refused';
    case 'after-end':
      return 'after the end';
    case 'cut-budget':
      return 'cut by budget';
    case 'given-up':
      return 'given up';
    case 'cut-gate':
      return 'cut by gate';
    default:
      return assertNever(fate);
  }
}
