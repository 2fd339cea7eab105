import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Round } from '../../../src-shared/domain/round.ts';
import { greedy } from '../../../src-shared/domain/run.ts';
import { firstDifference } from '../../../src-shared/metrics/identity.ts';
import { timePerTokenMs, timeSplit, ttftMs, wallMs } from '../../../src-shared/metrics/latency.ts';
import type { ObservedTurn } from '../../../src-shared/metrics/observation.ts';
import { summarise } from '../../../src-shared/metrics/summary.ts';
import { anyTurns, observedTurn, type RoundPlan } from './observed.ts';

const options = { bootstrap: { seed: 1, resamples: 20, level: 0.95 }, sampling: greedy };
const plan = (drafted: number, accepted: number, ms: number, score: number | null = null): RoundPlan => ({
  drafted,
  accepted,
  refused: accepted < drafted,
  score,
  ms,
});

describe('latency', () => {
  const turn = observedTurn({ sampleId: 'a', turn: 0, repeat: 0 }, [plan(3, 2, 10), plan(3, 0, 10)]);

  it('has one clock without tokenising', () => {
    // prompt 5 + 7 + 2, rounds 3.5 x (1 + 10 + 10)
    expect(wallMs(turn)).toBe(14 + 73.5);
    expect(ttftMs(turn)).toBe(14 + 3.5);
    expect(timePerTokenMs(turn, turn.tokens.length)).toBe(70 / 4);
    expect(timePerTokenMs(turn, 1)).toBeNull();
    expect(timeSplit([turn])).toEqual({ draft: 21 + 2, target: 42 + 12, capture: 0, other: 10.5 });
  });

  it('splits all of the wall time', () => {
    fc.assert(
      fc.property(anyTurns, (turns) => {
        const { draft, target, capture, other } = timeSplit(turns);
        const wall = turns.reduce((sum, each) => sum + wallMs(each), 0);
        expect(draft + target + capture + other).toBeCloseTo(wall, 6);
      }),
    );
  });
});

describe('use of the gate', () => {
  const turn = observedTurn({ sampleId: 'a', turn: 0, repeat: 0 }, [
    plan(3, 0, 1, 0.9),
    plan(3, 0, 1, 0.1),
    plan(3, 2, 1, 0.5),
    plan(3, 1, 1, 0.2),
  ]);

  it('has precision and recall of a probe', () => {
    expect(summarise([turn], null, options).gate).toMatchObject({
      hits: 2,
      skipped: 0,
      quality: { zeroAccept: 2, right: 1, precision: 1 / 2, recall: 1 / 2 },
    });
  });

  it('knows neither where drafts were skipped, and is absent without a gate', () => {
    const change = (gate: (gate: Round['gate']) => Round['gate']): ObservedTurn => ({
      ...turn,
      rounds: turn.rounds.map((round) => ({ ...round, gate: gate(round.gate) })),
    });
    const skipping = change((gate) => ({ ...gate, skipped: gate.hit }));
    expect(summarise([skipping], null, options).gate).toEqual({ hits: 2, skipped: 2, quality: null });
    const off = change((gate) => ({ ...gate, threshold: null, hit: false }));
    expect(summarise([off], null, options).gate).toBeNull();
  });
});

describe('first difference', () => {
  it('is found with the margin of plain decoding there', () => {
    const plain = { ids: [1, 2, 3], margins: [9, 0.01, 5] };
    expect(firstDifference(plain, { ids: [1, 2, 3] })).toBeNull();
    expect(firstDifference(plain, { ids: [1, 7, 3] })).toEqual({ index: 1, plain: 2, own: 7, margin: 0.01 });
    expect(firstDifference(plain, { ids: [1, 2] })).toEqual({ index: 2, plain: 3, own: null, margin: 5 });
    expect(firstDifference(plain, { ids: [1, 2, 3, 4] })).toEqual({
      index: 3,
      plain: null,
      own: 4,
      margin: null,
    });
  });
});

describe('summary', () => {
  it('equals the numbers added up by hand, whatever the order', () => {
    fc.assert(
      fc.property(anyTurns, anyTurns, (turns, plain) => {
        const summary = summarise(turns, plain, options);
        const tokens = turns.flatMap((turn) => turn.tokens).length;
        const rounds = turns.flatMap((turn) => turn.rounds);
        const drafted = rounds.reduce((sum, round) => sum + round.drafted, 0);
        const accepted = rounds.reduce((sum, round) => sum + round.accepted, 0);
        expect(tokens).toBe(rounds.reduce((sum, round) => sum + round.accepted + 1, 0));
        expect(drafted).toBeGreaterThanOrEqual(accepted);
        expect(summary).toMatchObject({ turns: turns.length, newTokens: tokens, rounds: rounds.length });
        expect(summary.mat.value).toBeCloseTo(tokens / rounds.length, 12);
        expect(summary.acceptance.value).toBe(drafted === 0 ? null : accepted / drafted);
        expect((summary.draftAcceptMean ?? 0) + 1).toBeCloseTo(summary.mat.value ?? 0, 12);
        const reversed = summarise(turns.toReversed(), plain.toReversed(), options);
        expect(reversed.speedup?.global.value ?? 0).toBeCloseTo(summary.speedup?.global.value ?? 0, 9);
        expect(reversed.identity?.differing).toBe(summary.identity?.differing);
      }),
      { numRuns: 50 },
    );
  });

  it('gives exactly 1 against itself, and nothing differs', () => {
    fc.assert(
      fc.property(anyTurns, (turns) => {
        const { speedup, identity } = summarise(turns, turns, options);
        for (const kind of ['paired', 'global', 'latency', 'decode'] as const) {
          expect(speedup?.[kind].value).toBeCloseTo(1, 12);
        }
        expect(identity).toEqual({ compared: turns.length, differing: 0, first: null });
      }),
      { numRuns: 50 },
    );
  });

  it('adds repeats of a turn up before turns are compared', () => {
    const place = { sampleId: 'a', turn: 0 };
    const turn = (repeat: number, ms: number): ObservedTurn =>
      observedTurn({ ...place, repeat }, [plan(0, 0, ms)]);
    const { speedup } = summarise([turn(0, 10), turn(1, 30)], [turn(0, 60), turn(1, 60)], options);
    const wall = (ms: number) => 14 + 3.5 * (1 + ms);
    expect(speedup?.paired.value).toBeCloseTo((2 * wall(60)) / (wall(10) + wall(30)), 12);
    // one unit: nothing to resample
    expect(speedup?.paired.interval).toBeNull();
  });

  it('compares with plain decoding only where that is meant to be equal', () => {
    const turns = [observedTurn({ sampleId: 'a', turn: 0, repeat: 0 }, [plan(2, 1, 1)])];
    expect(summarise(turns, null, options)).toMatchObject({ speedup: null, identity: null, words: null });
    const sampled = { ...options, sampling: { ...greedy, temperature: 1 } };
    expect(summarise(turns, turns, sampled).identity).toBeNull();
    const other = turns.map((turn) => ({ ...turn, tokens: turn.tokens.slice(0, 2) }));
    expect(summarise(other, turns, options).identity).toEqual({
      compared: 1,
      differing: 1,
      first: { sampleId: 'a', turn: 0, repeat: 0, index: 2, plain: 2, own: null, margin: 1 },
    });
  });
});
