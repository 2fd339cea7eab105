import type { Random } from '#shared/domain/random.ts';
import type { Sampling } from '#shared/domain/run.ts';
import type { RowsOut } from './model.ts';
import { draw, targetDistribution } from './sampler.ts';
import type { Choice, Judge } from './verify.ts';

/** The target's most likely token, ties by lower id. Needs no full logits. */
export function greedyJudge(rows: RowsOut): Judge {
  const topK = rows.topIds.length / rows.n;
  return (node) => ({ token: rows.topIds[node * topK] ?? 0, drawsRefused: 0 });
}

/**
 * Speculative sampling from the target's distribution at each node (see `chooseSampled`). Reads full logits of asked
 * nodes only. `randomAt`: the numbers for the nth node that is asked, from 0.
 */
export function samplingJudge(
  logits: (node: number) => Float32Array,
  sampling: Sampling,
  randomAt: (asked: number) => Random,
): Judge {
  let asked = 0;
  return (node, offered) =>
    chooseSampled(targetDistribution(logits(node), sampling), offered, randomAt(asked++));
}

/**
 * Draft tokens are point masses: token x is accepted with its probability p(x); otherwise p(x) becomes 0 and the rest is
 * renormalised before the next one is tried; if none is accepted, the token is drawn from what is left (methods.md
 * 4.0.2). The token's distribution is then exactly p. `p` [vocab] sums to 1 and is used up.
 */
export function chooseSampled(p: Float64Array, offered: readonly number[], random: Random): Choice {
  let mass = 1;
  for (const [i, token] of offered.entries()) {
    const here = p[token] ?? 0;
    // Where all that is left is this token, rounding must not refuse it.
    if (random() * mass < here || (here > 0 && isOnlyOne(p, token, mass - here))) {
      return { token, drawsRefused: i };
    }
    p[token] = 0;
    mass -= here;
  }
  return { token: draw(p, random), drawsRefused: offered.length };
}

function isOnlyOne(p: Float64Array, token: number, left: number): boolean {
  return left < 1e-9 && p.every((value, id) => id === token || value === 0);
}
