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
  const last = turn.promptTokens.length + end;
  return tokensBetween(turn, answer, last - count, last);
}

/** Token ids at places [from, to) of a turn's prompt followed by its answer, as far as there are any; -1 stands for an image token. */
export function tokensBetween(
  turn: Turn,
  answer: readonly AnswerToken[],
  from: number,
  to: number,
): number[] {
  const prompt = turn.promptTokens;
  const out: number[] = [];
  for (let i = Math.max(0, from); i < to; i += 1) {
    const id = i < prompt.length ? prompt[i] : answer[i - prompt.length]?.id;
    if (id !== undefined) out.push(id);
  }
  return out;
}

/** Places [from, to) in a turn's prompt and answer that a path was copied from, with the match before it; null: elsewhere. */
export function copiedSpan(
  path: readonly Retrieved[],
): { readonly from: number; readonly to: number } | null {
  const leaf = path.at(-1)?.from;
  if (leaf === undefined || leaf.at === null || leaf.rank !== null) return null;
  return { from: Math.max(0, leaf.at + 1 - path.length - leaf.matched), to: leaf.at + 1 };
}

/** Places in the run of the answer tokens that the path through a node of a round was copied from, with their match. */
export function copiedFrom(
  turn: Turn,
  firstOfTurn: number,
  tree: DraftTree,
  node: number,
): ReadonlySet<number> {
  const span = copiedSpan(retrievedPath(tree, node));
  const places = new Set<number>();
  for (let i = span?.from ?? 0; i < (span?.to ?? 0); i += 1) {
    const index = i - turn.promptTokens.length;
    if (index >= 0) places.add(firstOfTurn + index);
  }
  return places;
}
