import { assertNever } from '#shared/domain/assert.ts';
import type { TokenOrigin } from '#shared/domain/token.ts';
import type { DraftTree, NodeFate } from '#shared/domain/tree.ts';
import type { NodeLook, TreeNode } from '../../../charts/tree/nodes.ts';
import { nodeReason, ownReason, type ReasonContext } from '../words/node-reason.ts';
import { probability, rank } from '../words/numbers.ts';
import { originLooks } from '../words/origins.ts';

function lookOfFate(fate: NodeFate): NodeLook {
  switch (fate) {
    case 'root':
    case 'accepted':
      return fate;
    case 'not-chosen':
    case 'draw-refused':
      return 'refused';
    case 'parent-refused':
      return 'unreached';
    case 'after-end':
      return 'ended';
    case 'cut-budget':
    case 'cut-gate':
      return 'cut';
    case 'given-up':
      return 'ended';
    default:
      return assertNever(fate);
  }
}

function lookOfOrigin(origin: TokenOrigin): NodeLook {
  if (origin === 'correction' || origin === 'bonus') return origin;
  return origin === 'forced-plain' ? 'forced' : 'plain';
}

/** "q .62 → p .93 #1": draft probability, then the target's and its rank. */
function numbers(tree: DraftTree, node: number): string {
  const q = tree.draftProb[node] ?? null;
  const p = tree.targetProb[node] ?? null;
  const r = tree.targetRank[node] ?? null;
  const draft = q === null ? '' : `q ${probability(q)}`;
  const target = p === null || r === null ? '' : `p ${probability(p)} ${rank(r)}`;
  return [draft, target].filter((part) => part !== '').join(' → ');
}

/** Boxes of the tree, the target's own token last. */
export function treeNodes(c: ReasonContext): TreeNode[] {
  const { tree, committed } = c;
  const nodes = tree.tokens.map((id, node): TreeNode => {
    const fate = tree.fates[node] ?? 'root';
    return {
      label: c.label(id),
      detail: node === 0 ? 'last token' : numbers(tree, node),
      reason: nodeReason(c, node),
      look: lookOfFate(fate),
      q: tree.draftProb[node] ?? null,
      p: tree.targetProb[node] ?? null,
    };
  });
  const own = committed.at(-1);
  if (own === undefined) return nodes;
  const look = originLooks[own.origin];
  nodes.push({
    label: c.label(own.id),
    detail: `${look.label} p ${probability(own.pTarget)} ${rank(own.targetRank)}`,
    reason: ownReason(c, own),
    look: lookOfOrigin(own.origin),
    q: own.pDraft,
    p: own.pTarget,
  });
  return nodes;
}

/** Parents of `treeNodes`. */
export function treeParents(c: ReasonContext): number[] {
  const own = c.committed.at(-1);
  return own === undefined ? [...c.tree.parents] : [...c.tree.parents, own.rowNode];
}

/** Nodes that became part of the answer. */
export function acceptedPath({ tree }: ReasonContext): ReadonlySet<number> {
  return new Set(tree.fates.flatMap((fate, node) => (fate === 'accepted' ? [node] : [])));
}
