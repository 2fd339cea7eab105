import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Draws a number in [0, 1). */
export type Random = () => number;

/** A seeded stream of uniform numbers; each turn of a run has its own. */
export function seededRandom(seed: number, turn: number): Random {
  return streamOf(mix(mix(seed) + turn));
}

/**
 * The stream for the token at `index` of a turn's answer. It depends on nothing that was drawn before, so that a run can
 * go on from any token with the numbers that it would have had.
 */
export function tokenRandom(seed: number, turn: number, index: number): Random {
  return streamOf(mix(mix(mix(seed) + turn) + index));
}

function streamOf(seed: number): Random {
  // xoroshiro's first numbers are nearly its seed, so seeds are mixed and the first numbers dropped.
  const generator = xoroshiro128plus(seed);
  for (let i = 0; i < 16; i++) generator.next();
  return () => uniformFloat64(generator);
}

/** MurmurHash3's 32-bit finaliser: spreads neighbouring seeds. */
function mix(value: number): number {
  let h = (value + 0x9e3779b9) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) | 0;
}
