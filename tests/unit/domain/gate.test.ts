import { describe, expect, it } from 'vitest';
import { decideGate } from '../../../src-shared/domain/gate.ts';

describe('ViSkip’s gate', () => {
  it('hits at the threshold: heads 0.5, 0.3, 0.2, 0.4 give 0.35 (methods.md 9)', () => {
    const heads = [0.5, 0.3, 0.2, 0.4];
    const score = heads.reduce((a, b) => a + b, 0) / heads.length;
    expect(decideGate({ mode: 'paper', threshold: 0.35 }, score)).toEqual({
      score,
      threshold: 0.35,
      hit: true,
      skipped: true,
    });
  });

  it('lets drafting happen below it, and without a score', () => {
    expect(decideGate({ mode: 'paper', threshold: 0.35 }, 0.349)).toMatchObject({
      hit: false,
      skipped: false,
    });
    expect(decideGate({ mode: 'paper', threshold: 0 }, null)).toMatchObject({ hit: false, skipped: false });
  });

  it('compares but never acts as a probe, and does neither when off', () => {
    expect(decideGate({ mode: 'probe', threshold: 0.35 }, 0.9)).toMatchObject({ hit: true, skipped: false });
    expect(decideGate({ mode: 'off', threshold: 0.35 }, 0.9)).toEqual({
      score: 0.9,
      threshold: null,
      hit: false,
      skipped: false,
    });
  });
});
