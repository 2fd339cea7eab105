import { required } from '#shared/domain/assert.ts';
import type { Turn } from '#shared/domain/run.ts';
import type { AnswerToken } from '#shared/domain/token.ts';
import { type DraftTree, type Provenance, pathTo } from '#shared/domain/tree.ts';

/** A draft token on the path that is shown, and where it was found. */
export interface Retrieved {
  readonly node: number;
  readonly from: Provenance;
}

/**
 * The path of retrieved nodes through `node`, root first (the root itself is left out): on from it along the accepted
 * or else first children. Empty when nothing was retrieved.
 */
export function retrievedPath(tree: DraftTree, node: number): readonly Retrieved[] {
  const { provenance, parents, fates, verified } = tree;
  if (provenance === null) return [];
  let leaf = node < verified ? node : 0;
  for (;;) {
    const children = parents.flatMap((parent, i) => (parent === leaf && i < verified ? [i] : []));
    const next = children.find((i) => fates[i] === 'accepted') ?? children[0];
    if (next === undefined) break;
    leaf = next;
  }
  return pathTo(parents, leaf)
    .slice(1)
    .map((i) => ({ node: i, from: required(provenance[i], `the provenance of node ${i}`) }));
}

/** The last `count` token ids of a turn's prompt and answer before its answer token `end`; -1 stands for an image token. */
export function tokensBefore(
  turn: Turn,
  answer: readonly AnswerToken[],
  end: number,
  count: number,
): number[] {
  const prompt = turn.promptTokens;
  const last = prompt.length + end;
  const out: number[] = [];
  for (let i = Math.max(0, last - count); i < last; i += 1) {
    const id = i < prompt.length ? prompt[i] : answer[i - prompt.length]?.id;
    if (id !== undefined) out.push(id);
  }
  return out;
}
