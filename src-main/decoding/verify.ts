import type { NodeFate } from '#shared/domain/tree.ts';

/** What the target decides at one node. */
export interface Choice {
  /** the target's token there */
  readonly token: number;
  /** how many of the offered tokens it refused one by one; greedy choices refuse none that way */
  readonly drawsRefused: number;
}

/** Says which token the target takes at a node, when `offered` (distinct tokens, in order) were drafted there. */
export type Judge = (node: number, offered: readonly number[]) => Choice;

export interface Tree {
  /** nodes in the target's pass; nodes beyond were cut */
  readonly verified: number;
  readonly tokens: ArrayLike<number>;
  readonly parents: ArrayLike<number>;
}

export interface Stop {
  readonly endTokens: ReadonlySet<number>;
  /** tokens that may still be committed, at least 1 */
  readonly remaining: number;
}

export interface Verdict {
  /** the committed tokens: the accepted path, then the target's own token */
  readonly tokens: readonly number[];
  /** the root and the accepted nodes: `path[i]` is the node whose row yielded `tokens[i]` */
  readonly path: readonly number[];
  readonly fates: readonly NodeFate[];
  readonly endedBy: 'end-of-text' | 'max-tokens' | null;
}

/**
 * Walks a draft tree from its root along the target's choices (methods.md 4.0.2). Every token it commits is the
 * target's choice after the tokens before it, so the result follows the target's distribution whatever was drafted.
 * The walk stops where the answer ends, before anything below could count: accepted = committed - 1 always.
 */
export function verifyTree(tree: Tree, judge: Judge, stop: Stop): Verdict {
  const count = tree.tokens.length;
  const fates = new Array<NodeFate>(count).fill('parent-refused');
  fates[0] = 'root';
  const tokens: number[] = [];
  const path: number[] = [];
  let endedBy: Verdict['endedBy'] = null;
  for (let node = 0; node >= 0; ) {
    path.push(node);
    const children = childrenOf(tree, node);
    const { token, drawsRefused } = judge(
      node,
      children.map((child) => tree.tokens[child] ?? 0),
    );
    tokens.push(token);
    if (stop.endTokens.has(token)) endedBy = 'end-of-text';
    else if (tokens.length >= stop.remaining) endedBy = 'max-tokens';
    let next = -1;
    for (const [order, child] of children.entries()) {
      if (next < 0 && tree.tokens[child] === token) {
        next = child;
        fates[child] = endedBy === null ? 'accepted' : 'after-end';
      } else fates[child] = order < drawsRefused ? 'draw-refused' : 'not-chosen';
    }
    node = endedBy === null ? next : -1;
  }
  for (let i = 1; i < count; i++) {
    if (i >= tree.verified) fates[i] = 'cut-budget';
    // Parents come first, so the mark travels down.
    else if (fates[i] === 'parent-refused' && fates[tree.parents[i] ?? 0] === 'after-end') {
      fates[i] = 'after-end';
    }
  }
  return { tokens, path, fates, endedBy };
}

function childrenOf(tree: Tree, node: number): number[] {
  const children: number[] = [];
  for (let i = node + 1; i < tree.verified; i++) if (tree.parents[i] === node) children.push(i);
  return children;
}
