import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  acceptanceByDepth,
  acceptanceByWords,
  acceptedHistogram,
  judgedDepth,
  zeroAcceptRatio,
  zeroAcceptRatioOfAll,
} from '../../../src-shared/metrics/acceptance.ts';
import { anyTurns } from './observed.ts';

describe('acceptance by depth', () => {
  it('tells refused, ended and not offered apart', () => {
    const rounds = [
      { drafted: 3, accepted: 0, judged: judgedDepth(0, 'correction') },
      { drafted: 3, accepted: 1, judged: judgedDepth(1, 'correction') },
      // accepted whole: nothing was offered at depth 4
      { drafted: 3, accepted: 3, judged: judgedDepth(3, 'bonus') },
      // the answer ended with the token drafted at depth 2
      { drafted: 3, accepted: 1, judged: judgedDepth(1, 'bonus') },
      { drafted: 0, accepted: 0, judged: judgedDepth(0, 'plain') },
    ];
    expect(acceptanceByDepth(rounds)).toEqual([
      { depth: 1, accepted: 3, judged: 4, conditional: 3 / 4, unconditional: 3 / 4 },
      { depth: 2, accepted: 1, judged: 2, conditional: 1 / 2, unconditional: 1 / 4 },
      { depth: 3, accepted: 1, judged: 1, conditional: 1, unconditional: 1 / 4 },
    ]);
  });

  it('has no conditional numbers where it is not known what was offered', () => {
    const [first] = acceptanceByDepth([{ drafted: 2, accepted: 1, judged: null }]);
    expect(first).toEqual({ depth: 1, accepted: 1, judged: null, conditional: null, unconditional: 1 });
    expect(acceptanceByDepth([])).toEqual([]);
  });

  it('falls with depth, sums to the accepted tokens, and never exceeds what was judged', () => {
    fc.assert(
      fc.property(anyTurns, (turns) => {
        const rounds = turns.flatMap((turn) => turn.rounds);
        const depths = acceptanceByDepth(rounds);
        const accepted = rounds.reduce((sum, round) => sum + round.accepted, 0);
        expect(depths.reduce((sum, depth) => sum + depth.accepted, 0)).toBe(accepted);
        for (const [i, depth] of depths.entries()) {
          expect(depth.accepted).toBeLessThanOrEqual(depth.judged ?? -1);
          expect(depth.accepted).toBeLessThanOrEqual(depths[i - 1]?.accepted ?? Number.POSITIVE_INFINITY);
          expect(depth.judged).toBeLessThanOrEqual(depths[i - 1]?.accepted ?? Number.POSITIVE_INFINITY);
        }
      }),
    );
  });
});

describe('histogram and zero-accept ratios', () => {
  it('counts rounds, of the EAGLE record of methods.md 2.3', () => {
    const accepted = [0, 2, 0, 1, 1];
    expect(acceptedHistogram(accepted.map((count) => ({ accepted: count })))).toEqual([2, 2, 1]);
    expect(zeroAcceptRatioOfAll(accepted)).toBe(0.4);
    expect(zeroAcceptRatio(accepted.map((count) => ({ drafted: 5, accepted: count })))).toBe(0.4);
    expect(zeroAcceptRatio([{ drafted: 0, accepted: 0 }])).toBeNull();
    expect(zeroAcceptRatioOfAll([])).toBeNull();
  });

  it('sums to the rounds, and weighted to the new tokens', () => {
    fc.assert(
      fc.property(anyTurns, (turns) => {
        const rounds = turns.flatMap((turn) => turn.rounds);
        const histogram = acceptedHistogram(rounds);
        expect(histogram.reduce((a, b) => a + b, 0)).toBe(rounds.length);
        const tokens = turns.reduce((sum, turn) => sum + turn.tokens.length, 0);
        expect(histogram.reduce((sum, count, accepted) => sum + count * (accepted + 1), 0)).toBe(tokens);
      }),
    );
  });
});

it('acceptance by words leaves out tokens without a judged draft', () => {
  const { image, other } = acceptanceByWords([
    { origin: 'accepted', word: 'image' },
    { origin: 'correction', word: 'image' },
    { origin: 'correction', word: 'image' },
    { origin: 'bonus', word: 'image' },
    { origin: 'prefill', word: 'other' },
    { origin: 'accepted', word: 'other' },
    { origin: 'accepted', word: null },
  ]);
  expect({ image, other }).toEqual({
    image: { judged: 3, accepted: 1 },
    other: { judged: 1, accepted: 1 },
  });
});
