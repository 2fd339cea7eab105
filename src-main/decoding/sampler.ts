import type { Random } from '#shared/domain/random.ts';
import type { Sampling } from '#shared/domain/run.ts';

/**
 * Turns target logits [vocab] into the probabilities [vocab] to sample from: temperature, then top-k, then top-p over
 * what top-k left (the order of Hugging Face's generate). `temperature` must be above 0. Ties at a cut go to the lower id.
 */
export function targetDistribution(logits: Float32Array, sampling: Sampling): Float64Array {
  const p = softmax(logits, sampling.temperature);
  const { topK, topP } = sampling;
  if (topK > 0 && topK < p.length) keepOnly(p, mostLikely(p, topK, 0));
  if (topP < 1) {
    // What lies below this share could not change the set: all of it together is less than 1 - topP.
    const candidates = mostLikely(p, p.length, (1 - topP) / p.length);
    let sum = 0;
    let kept = 0;
    while (kept < candidates.length && (kept === 0 || sum < topP)) sum += p[candidates[kept++] ?? 0] ?? 0;
    keepOnly(p, candidates.slice(0, kept));
  }
  return p;
}

/** softmax(logits / temperature) in double precision. */
export function softmax(logits: Float32Array, temperature: number): Float64Array {
  const p = new Float64Array(logits.length);
  let max = Number.NEGATIVE_INFINITY;
  for (const logit of logits) if (logit > max) max = logit;
  let sum = 0;
  for (let i = 0; i < p.length; i++) {
    const e = Math.exp(((logits[i] ?? 0) - max) / temperature);
    p[i] = e;
    sum += e;
  }
  for (let i = 0; i < p.length; i++) p[i] = (p[i] ?? 0) / sum;
  return p;
}

/** Ids of the `count` most likely tokens with a probability above `floor`, by decreasing probability, ties by lower id. */
function mostLikely(p: Float64Array, count: number, floor: number): number[] {
  const order = (a: number, b: number) => (p[b] ?? 0) - (p[a] ?? 0) || a - b;
  let best: number[] = [];
  let least = floor;
  for (let id = 0; id < p.length; id++) {
    if ((p[id] ?? 0) <= least) continue;
    best.push(id);
    // Cutting only now and then keeps this linear in the vocabulary for small counts.
    if (best.length >= 2 * count + 64) {
      best = best.sort(order).slice(0, count);
      least = p[best.at(-1) ?? 0] ?? 0;
    }
  }
  return best.sort(order).slice(0, count);
}

/** Sets all other probabilities to 0 and makes the kept ones sum to 1. */
function keepOnly(p: Float64Array, ids: readonly number[]): void {
  const kept = ids.map((id) => p[id] ?? 0);
  const sum = kept.reduce((a, b) => a + b, 0);
  p.fill(0);
  for (const [i, id] of ids.entries()) p[id] = (kept[i] ?? 0) / sum;
}

/** Draws an id with probability proportional to `weights` (not all 0). */
export function draw(weights: Float64Array, random: Random): number {
  let total = 0;
  for (const w of weights) total += w;
  let left = random() * total;
  let last = 0;
  for (let id = 0; id < weights.length; id++) {
    const w = weights[id] ?? 0;
    if (w === 0) continue;
    last = id;
    left -= w;
    if (left < 0) return id;
  }
  return last;
}
