import type { DraftShape } from '#shared/domain/method.ts';
import type { TopTokens } from '#shared/domain/tree.ts';
import { bestInOrder, emptyPool, type Pool, propose, rootOfPool, selectTree } from '../tree.ts';
import type { Draft, DraftBudget } from './drafter.ts';
import type { Grower } from './grower.ts';
import { type Row, readTop } from './read-top.ts';

type DynamicShape = Extract<DraftShape, { readonly kind: 'dynamic' }>;

/** A proposal that is to be expanded, and the node of the draft model's tree that is its parent. */
interface BeamEntry {
  readonly pool: number;
  readonly parentNode: number;
}

/** Proposals that are kept however unlikely (MMSpec's code). */
const leastKept = 8;

/**
 * EAGLE-2's dynamic tree (methods.md 4.0.1, steps 2 to 5): each level expands the K best proposals of the level before
 * in one decode, then the N - 1 best of all proposals are kept. Levels that could not count or do not fit are left out.
 * `threshold` (methods.md 4.7): no level is grown below one without a proposal of at least this cumulative probability,
 * and less likely proposals are only kept to fill up to eight.
 */
export async function draftDynamic(
  context: Grower,
  start: Row,
  shape: DynamicShape,
  budget: DraftBudget,
  vocab: number,
  threshold: number | null = null,
): Promise<Draft> {
  const pool = emptyPool();
  const rootTop = readTop(start, vocab);
  let beam = expand(pool, rootOfPool, rootTop, shape.topK, context.rootNode);
  const levels = Math.min(shape.depth, budget.depth - 1);
  const least = threshold === null ? Number.NEGATIVE_INFINITY : Math.log(threshold);
  const unsure = (): boolean => Math.max(...beam.map(({ pool: i }) => pool.logProb[i] ?? 0)) < least;
  for (let level = 0; level < levels && beam.length > 0 && context.fits(beam.length); level++) {
    // The first level is grown in any case.
    if (level > 0 && unsure()) break;
    const { rows, first } = await context.grow(
      beam.map((entry) => pool.token[entry.pool] ?? 0),
      beam.map((entry) => entry.parentNode),
    );
    const proposed: BeamEntry[] = [];
    for (const [i, entry] of beam.entries()) {
      const top = readTop({ rows, index: i }, vocab);
      pool.top[entry.pool] = top;
      for (const child of expand(pool, entry.pool, top, shape.topK, first + i)) proposed.push(child);
    }
    const scores = proposed.map((entry) => pool.logProb[entry.pool] ?? 0);
    beam = bestInOrder(scores, shape.topK).flatMap((i) => proposed[i] ?? []);
  }
  const likely = pool.logProb.filter((score) => score > least).length;
  const kept = threshold === null ? shape.nodes - 1 : Math.min(shape.nodes - 1, Math.max(likely, leastKept));
  return selectTree(context.root, rootTop, pool, Math.min(kept, budget.nodes));
}

function expand(pool: Pool, parent: number, top: TopTokens, topK: number, parentNode: number): BeamEntry[] {
  const count = Math.min(topK, top.ids.length);
  return Array.from({ length: count }, (_, rank) => ({
    pool: propose(pool, parent, top.ids[rank] ?? 0, top.probs[rank] ?? 0, rank),
    parentNode,
  }));
}
