import { describe, expect, it } from 'vitest';
import type { Round } from '../../../src-shared/domain/round.ts';
import { speedupGlobal, speedupPaired } from '../../../src-shared/metrics/speedup.ts';
import {
  acceptanceRate,
  addRound,
  decodeMs,
  emptyTotals,
  mat,
  matOf,
  meanAccepted,
  tokensPerSecond,
} from '../../../src-shared/metrics/totals.ts';

const round = (drafted: number, accepted: number, skipped = false): Round => ({
  index: 0,
  turn: 0,
  firstToken: 0,
  drafted,
  accepted,
  noDraft: drafted === 0 ? (skipped ? 'gate' : 'method') : null,
  gate: { score: null, threshold: null, hit: skipped, skipped, forgone: null },
  ms: { draft: 1, verify: 2, capture: 0.5, other: 0.25 },
});

describe('totals', () => {
  const totals = [round(0, 0), round(5, 3), round(0, 0, true), round(5, 0)].reduce(addRound, emptyTotals);

  it('counts the target’s own token of every round', () => {
    expect(totals).toMatchObject({
      newTokens: 7,
      rounds: 4,
      drafted: 10,
      accepted: 3,
      skipped: 1,
      draftRounds: 2,
    });
    expect(mat(totals)).toBe(7 / 4);
    expect(acceptanceRate(totals)).toBe(0.3);
    expect(decodeMs(totals)).toBe(15);
    expect(tokensPerSecond(totals)).toBeCloseTo(7 / 0.015, 9);
  });

  it('has no ratios without rounds or drafts', () => {
    expect([mat(emptyTotals), acceptanceRate(emptyTotals), tokensPerSecond(emptyTotals)]).toEqual([
      null,
      null,
      null,
    ]);
    expect(mat(addRound(emptyTotals, round(0, 0)))).toBe(1);
  });
});

describe('micro examples (methods.md 9)', () => {
  it('MAT: (9 + 21) / (5 + 12) = 1.765; mean accepted of the first turn 0.8', () => {
    expect(
      matOf([
        { newTokens: 9, rounds: 5 },
        { newTokens: 21, rounds: 12 },
      ]),
    ).toBeCloseTo(1.765, 3);
    expect(meanAccepted([0, 2, 0, 1, 1])).toBe(0.8);
  });

  it('speedup: paired 1.4, global 1.76', () => {
    const pairs = [
      { method: { tokens: 10, seconds: 0.5 }, baseline: { tokens: 10, seconds: 0.4 } },
      { method: { tokens: 100, seconds: 2 }, baseline: { tokens: 100, seconds: 4 } },
    ];
    expect(speedupPaired(pairs)).toBeCloseTo(1.4, 12);
    expect(speedupGlobal(pairs)).toBeCloseTo(1.76, 12);
  });

  it('leaves out pairs without time or baseline tokens', () => {
    const none = { method: { tokens: 1, seconds: 0 }, baseline: { tokens: 1, seconds: 1 } };
    expect(speedupPaired([none])).toBeNull();
    expect(speedupGlobal([])).toBeNull();
  });
});
