import { describe, expect, it } from 'vitest';
import { chooseSampled } from '../../../src-main/decoding/judge.ts';
import { type Judge, type Tree, verifyTree } from '../../../src-main/decoding/verify.ts';

const open = { endTokens: new Set<number>(), remaining: 100 };
const tree = (tokens: number[], parents: number[], verified = tokens.length): Tree => ({
  tokens,
  parents,
  verified,
});

/** Greedy target with the given argmax per node. */
const target =
  (...argmax: number[]): Judge =>
  (node) => ({ token: argmax[node] ?? -1, drawsRefused: 0 });

describe('greedy verification', () => {
  // root, a = 1, aa = 2, ab = 3 (methods.md 9); the target says a at the root, ab at a, z = 9 at ab.
  const micro = tree([0, 1, 2, 3], [-1, 0, 1, 1]);

  it('follows the target through the tree (methods.md 9)', () => {
    expect(verifyTree(micro, target(1, 3, 7, 9), open)).toEqual({
      tokens: [1, 3, 9],
      path: [0, 1, 3],
      fates: ['root', 'accepted', 'not-chosen', 'accepted'],
      endedBy: null,
    });
  });

  it('gives every node below a refused one to its ancestor', () => {
    const verdict = verifyTree(micro, target(5, 3, 7, 9), open);
    expect(verdict).toMatchObject({ tokens: [5], path: [0] });
    expect(verdict.fates).toEqual(['root', 'not-chosen', 'parent-refused', 'parent-refused']);
  });

  it('never looks at cut nodes', () => {
    const verdict = verifyTree(tree([0, 1, 2, 3], [-1, 0, 0, 1], 2), target(2, 4), open);
    expect(verdict).toMatchObject({ tokens: [2], path: [0] });
    expect(verdict.fates).toEqual(['root', 'not-chosen', 'cut-budget', 'cut-budget']);
  });

  it('stops at end of text before anything below can count', () => {
    // The target ends at a's row with token 3, which the draft offered too.
    const deep = tree([0, 1, 2, 3, 4], [-1, 0, 1, 1, 3]);
    const verdict = verifyTree(deep, target(1, 3, 7, 4, 8), { endTokens: new Set([3]), remaining: 100 });
    expect(verdict).toMatchObject({ tokens: [1, 3], path: [0, 1], endedBy: 'end-of-text' });
    expect(verdict.fates).toEqual(['root', 'accepted', 'not-chosen', 'after-end', 'after-end']);
  });

  it('stops at max tokens, counting the last one as the target’s own', () => {
    const chain = tree([0, 1, 2, 3], [-1, 0, 1, 2]);
    const verdict = verifyTree(chain, target(1, 2, 3, 4), { endTokens: new Set(), remaining: 2 });
    expect(verdict).toMatchObject({ tokens: [1, 2], path: [0, 1], endedBy: 'max-tokens' });
    expect(verdict.fates).toEqual(['root', 'accepted', 'after-end', 'after-end']);
  });

  it('prefers end of text when both hold', () => {
    const verdict = verifyTree(tree([0], [-1]), target(3), { endTokens: new Set([3]), remaining: 1 });
    expect(verdict.endedBy).toBe('end-of-text');
  });
});

describe('sampled verification', () => {
  const draws =
    (...values: number[]) =>
    () =>
      values.shift() ?? Number.NaN;

  it('tries siblings in order, renormalising what is left', () => {
    // p = [.5, .3, .2]; token 0 is refused at u >= .5; token 1 then has .3 / .5 = .6.
    expect(chooseSampled(Float64Array.of(0.5, 0.3, 0.2), [0, 1], draws(0.5, 0.59))).toEqual({
      token: 1,
      drawsRefused: 1,
    });
    expect(chooseSampled(Float64Array.of(0.5, 0.3, 0.2), [0, 1], draws(0.5, 0.61, 0.5))).toEqual({
      token: 2,
      drawsRefused: 2,
    });
  });

  it('never draws a refused token or one without probability', () => {
    const p = Float64Array.of(0.2, 0, 0.3, 0.5);
    expect(chooseSampled(p, [1, 3], draws(0, 0.99, 0.999999)).token).toBe(2);
  });

  it('takes the only token left whatever rounding did to the mass', () => {
    const third = 1 / 3;
    const p = Float64Array.of(third, third, 1 - third - third);
    expect(chooseSampled(p, [0, 1, 2], draws(1 - 2 ** -53, 1 - 2 ** -53, 1 - 2 ** -53)).token).toBe(2);
  });

  it('says which siblings the draw refused and which it did not get to', () => {
    const judge: Judge = (_, offered) => ({ token: offered[1] ?? 7, drawsRefused: 1 });
    const verdict = verifyTree(tree([0, 4, 5, 6], [-1, 0, 0, 0]), judge, open);
    expect(verdict.fates).toEqual(['root', 'draw-refused', 'accepted', 'not-chosen']);
  });
});
