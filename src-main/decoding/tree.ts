import type { TopTokens } from '#shared/domain/tree.ts';
import type { Draft } from './drafters/drafter.ts';

/** Cut proposals that are kept for the record: the best ones, so that a wide pool does not swamp it. */
const recordedCuts = 64;

/** Index of the root in `Pool.parent`. */
export const rootOfPool = -1;

/** Everything a drafter proposed in one round, in the order of proposal; parents (pool indices) come first. */
export interface Pool {
  readonly token: number[];
  readonly parent: number[];
  readonly prob: number[];
  readonly rank: number[];
  /** cumulative log-probability from the root; never increases downwards */
  readonly logProb: number[];
  /** the drafter's distribution at a proposal that it expanded */
  readonly top: (TopTokens | null)[];
}

export function emptyPool(): Pool {
  return { token: [], parent: [], prob: [], rank: [], logProb: [], top: [] };
}

/** Adds a proposal of draft probability `prob` at its parent and returns its index. */
export function propose(pool: Pool, parent: number, token: number, prob: number, rank: number): number {
  // A probability can underflow to 0 or round to just above 1; logarithms must stay finite and not rise.
  const log = Math.log(Math.min(1, Math.max(prob, Number.MIN_VALUE)));
  pool.token.push(token);
  pool.parent.push(parent);
  pool.prob.push(prob);
  pool.rank.push(rank);
  pool.logProb.push((parent === rootOfPool ? 0 : (pool.logProb[parent] ?? 0)) + log);
  return pool.top.push(null) - 1;
}

/** Indices of the `count` highest scores (ties to the earlier one), in ascending order of index. */
export function bestInOrder(scores: readonly number[], count: number): number[] {
  const order = Array.from(scores, (_, i) => i);
  if (count >= order.length) return order;
  order.sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);
  return order.slice(0, count).sort((a, b) => a - b);
}

/**
 * EAGLE-2's reranking (methods.md 4.0.1, step 4): keeps the `nodes` best proposals by cumulative log-probability, in
 * pool order below the root. Scores never increase downwards and parents come first, so what is kept is a tree. The
 * best of the rest follow as cut proposals.
 */
export function selectTree(root: number, rootTop: TopTokens | null, pool: Pool, nodes: number): Draft {
  const recorded = bestInOrder(pool.logProb, nodes + recordedCuts);
  const kept = new Set(bestInOrder(pool.logProb, nodes));
  return assemble(
    root,
    rootTop,
    pool,
    recorded.filter((i) => kept.has(i)),
    recorded.filter((i) => !kept.has(i)),
  );
}

/** A draft of all proposals of the pool. */
export function wholeTree(root: number, rootTop: TopTokens | null, pool: Pool): Draft {
  return assemble(
    root,
    rootTop,
    pool,
    pool.token.map((_, i) => i),
    [],
  );
}

function assemble(
  root: number,
  rootTop: TopTokens | null,
  pool: Pool,
  kept: readonly number[],
  cut: readonly number[],
): Draft {
  const count = 1 + kept.length + cut.length;
  const tokens = new Int32Array(count);
  const parents = new Int32Array(count);
  const prob = new Float64Array(count);
  const rank = new Int32Array(count);
  const logProb = new Float64Array(count);
  const top: (TopTokens | null)[] = [rootTop];
  const nodeOf = new Int32Array(pool.token.length);
  tokens[0] = root;
  parents[0] = -1;
  let node = 1;
  for (const part of [kept, cut]) {
    for (const i of part) {
      const parent = pool.parent[i] ?? rootOfPool;
      nodeOf[i] = node;
      tokens[node] = pool.token[i] ?? 0;
      parents[node] = parent === rootOfPool ? 0 : (nodeOf[parent] ?? 0);
      prob[node] = pool.prob[i] ?? 0;
      rank[node] = pool.rank[i] ?? 0;
      logProb[node] = pool.logProb[i] ?? 0;
      top.push(pool.top[i] ?? null);
      node++;
    }
  }
  return {
    verified: 1 + kept.length,
    tokens,
    parents,
    scores: { prob, rank, logProb },
    top,
    provenance: null,
  };
}
