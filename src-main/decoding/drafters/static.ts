import type { StaticShape } from '#shared/domain/shapes.ts';
import { emptyPool, type Pool, propose, rootOfPool, wholeTree } from '../tree.ts';
import type { Draft, DraftBudget } from './drafter.ts';
import type { Grower } from './grower.ts';
import { type Row, readTop } from './read-top.ts';

/** What is known of a node of the shape while the tree grows. */
interface Place {
  /** index in the pool; null: not proposed (no such rank, too deep or over the budget) */
  pool: number | null;
  /** node of the draft model's tree, once decoded */
  node: number | null;
}

/**
 * Fills a fixed tree with the draft's tokens, level by level; leaves are only proposed, never decoded. Nodes that could
 * not count (deeper than the answer can still be) or do not fit are left out together with what hangs from them.
 */
export async function draftStatic(
  context: Grower,
  start: Row,
  shape: StaticShape,
  budget: DraftBudget,
  vocab: number,
): Promise<Draft> {
  const pool = emptyPool();
  const rootTop = readTop(start, vocab);
  const levels = levelsOf(shape);
  const places: Place[] = [{ pool: rootOfPool, node: context.rootNode }];
  let left = budget.nodes;
  for (let depth = 1; depth < levels.length && depth <= budget.depth; depth++) {
    for (const i of levels[depth] ?? []) {
      const place: Place = { pool: null, node: null };
      places[i] = place;
      const parent = places[shape.parents[i - 1] ?? 0];
      if (!parent || parent.pool === null || parent.node === null || left === 0) continue;
      const top = parent.pool === rootOfPool ? rootTop : pool.top[parent.pool];
      const rank = shape.ranks[i - 1] ?? 0;
      const token = top?.ids[rank];
      if (token === undefined) continue;
      place.pool = propose(pool, parent.pool, token, top?.probs[rank] ?? 0, rank);
      left--;
    }
    const inner = (levels[depth] ?? []).filter((i) => shape.parents.includes(i) && places[i]?.pool !== null);
    if (depth === budget.depth || left === 0 || inner.length === 0 || !context.fits(inner.length)) break;
    await decodeLevel(context, shape, places, inner, pool, vocab);
  }
  return wholeTree(context.root, rootTop, pool);
}

async function decodeLevel(
  context: Grower,
  shape: StaticShape,
  places: readonly Place[],
  level: readonly number[],
  pool: Pool,
  vocab: number,
): Promise<void> {
  const { rows, first } = await context.grow(
    level.map((i) => pool.token[places[i]?.pool ?? 0] ?? 0),
    level.map((i) => places[shape.parents[i - 1] ?? 0]?.node ?? 0),
  );
  for (const [index, i] of level.entries()) {
    const place = places[i];
    if (!place || place.pool === null) continue;
    place.node = first + index;
    pool.top[place.pool] = readTop({ rows, index }, vocab);
  }
}

/** Shape nodes (1-based, 0 is the root) by depth. */
function levelsOf(shape: StaticShape): number[][] {
  const depth = [0];
  const levels: number[][] = [[0]];
  for (const [i, parent] of shape.parents.entries()) {
    const d = (depth[parent] ?? 0) + 1;
    depth.push(d);
    levels[d] = [...(levels[d] ?? []), i + 1];
  }
  return levels;
}
