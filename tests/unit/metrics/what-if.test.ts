import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decisionsIn, gateQuality } from '../../../src-shared/metrics/gate-quality.ts';
import {
  type Costs,
  estimateMs,
  type Root,
  type Roots,
  recount,
  skipFrom,
  skipNever,
  skipOracle,
  thresholds,
  whatIf,
} from '../../../src-shared/metrics/what-if.ts';

const root = (score: number | null, accepted: number, kind: Root['kind'] = 'drafted'): Root => ({
  score,
  kind,
  accepted,
  assumed: false,
});

/** Turns as they can be: what is accepted never reaches beyond the last token but one, and the last root is closed. */
const turnsArbitrary: fc.Arbitrary<Roots[]> = fc.array(
  fc
    .array(
      fc.record({
        score: fc.option(
          fc.integer({ min: 0, max: 20 }).map((n) => n / 20),
          { freq: 8 },
        ),
        accepted: fc.integer({ min: 0, max: 5 }),
        offers: fc.boolean(),
      }),
      { maxLength: 25 },
    )
    .map((rows) =>
      rows.map(({ score, accepted, offers }, i): Root => {
        const left = rows.length - 1 - i;
        if (left === 0) return root(score, 0, 'closed');
        return offers ? root(score, Math.min(accepted, left)) : root(score, 0, 'undrafted');
      }),
    ),
  { maxLength: 4 },
);

const costs: Costs = {
  drafted: { rounds: 4, ms: 10, scoreMs: 2 },
  undrafted: { rounds: 1, ms: 4, scoreMs: 1 },
  plain: { rounds: 2, ms: 3, scoreMs: 1 },
  prefill: 5,
};

/** Token by token, without the code under test: which round commits each token of a turn. */
function bruteForce(
  turns: readonly Roots[],
  threshold: number,
): { rounds: number; skipped: number; ms: number } {
  let [rounds, skipped, ms] = [0, 0, costs.prefill];
  for (const roots of turns) {
    rounds++;
    let pending = 0;
    for (const { score, accepted, kind } of roots) {
      if (pending > 0) {
        pending--;
        continue;
      }
      rounds++;
      if (kind !== 'closed' && score !== null && score >= threshold) {
        skipped++;
        ms += 4;
      } else if (kind === 'drafted') {
        pending = accepted;
        ms += 12;
      } else ms += kind === 'closed' ? 4 : 5;
    }
  }
  return { rounds, skipped, ms };
}

describe('what if', () => {
  it('counts a worked example', () => {
    // roots .1 (2 accepted) .5 (1) .4 (0) .6 (1) .2 closed: six tokens
    const turn = [root(0.1, 2), root(0.5, 1), root(0.4, 0), root(0.6, 1), root(0.2, 0, 'closed')];
    expect(recount([turn], skipNever)).toMatchObject({ rounds: 3, newTokens: 6, accepted: 3, skipped: 0 });
    // From .55: the fourth token's draft is not made, so the last one takes a round of its own.
    expect(recount([turn], skipFrom(0.55))).toMatchObject({ rounds: 4, accepted: 2, skipped: 1, closed: 1 });
    expect(recount([turn], skipFrom(0))).toMatchObject({ rounds: 6, accepted: 0, skipped: 4, closed: 1 });
    expect(recount([turn], skipFrom(0)).quality).toMatchObject({
      hits: 4,
      zeroAccept: 1,
      precision: 0.25,
      recall: 1,
    });
  });

  it('equals a brute-force recount at every threshold', () => {
    fc.assert(
      fc.property(turnsArbitrary, (turns) => {
        const { curve, withoutGate } = whatIf(turns, costs);
        for (const { threshold, count, ms, lost } of curve) {
          const expected = bruteForce(turns, threshold ?? Number.POSITIVE_INFINITY);
          expect({ rounds: count.rounds, skipped: count.skipped, ms }).toEqual(expected);
          expect(count.newTokens).toBe(count.rounds + count.accepted);
          expect(lost).toBe(count.rounds - withoutGate.count.rounds);
          expect(count.rounds).toBe(
            count.turns + count.skipped + count.drafted + count.undrafted + count.closed,
          );
        }
      }),
    );
  });

  it('has a curve with every different gate in it, and its best point is the best there is', () => {
    fc.assert(
      fc.property(turnsArbitrary, fc.double({ min: 0, max: 1, noNaN: true }), (turns, any) => {
        const { curve, best, point } = whatIf(turns, costs);
        const anyone = point(any);
        expect(curve.map(({ count }) => count)).toContainEqual(anyone.count);
        expect(best?.ms).toBe(Math.min(...curve.map(({ ms }) => ms ?? Number.NaN)));
        expect(best?.ms).toBeLessThanOrEqual(anyone.ms ?? Number.NaN);
      }),
    );
  });

  it('puts no threshold at a score, and can thin the curve out to its ends', () => {
    const turn = Array.from({ length: 101 }, (_, i) => root((i + 1) / 101, 0));
    expect(thresholds([turn])).toHaveLength(101);
    for (const threshold of thresholds([turn])) expect(turn.map((r) => r.score)).not.toContain(threshold);
    const thin = thresholds([turn], 10);
    expect(thin.length).toBeLessThanOrEqual(11);
    expect(thin.at(-1)).toBeLessThan(0.01);
    expect(thin).toEqual([...thin].sort((a, b) => b - a));
  });

  it('has an oracle that loses nothing and skips all zero-accept rounds', () => {
    fc.assert(
      fc.property(turnsArbitrary, (turns) => {
        const { oracle, withoutGate } = whatIf(turns, costs);
        expect(oracle.lost).toBe(0);
        expect(oracle.count.rounds).toBe(withoutGate.count.rounds);
        expect(oracle.count.skipped).toBe(withoutGate.count.quality.zeroAccept);
        const { precision, recall } = recount(turns, skipOracle).quality;
        expect([1, null]).toContain(precision);
        expect([1, null]).toContain(recall);
      }),
    );
  });

  it('can gain from a skip by luck: later rounds begin elsewhere', () => {
    const turn = [root(0.9, 1), root(0.1, 2), root(0.1, 0), root(0.1, 0), root(0.1, 0, 'closed')];
    expect(recount([turn], skipNever).rounds).toBe(5);
    expect(recount([turn], skipFrom(0.5)).rounds).toBe(4);
    expect(whatIf([turn], costs).point(0.5).lost).toBe(-1);
  });

  it('gives no time where a kind of round was not measured, and counts the score only where it is read', () => {
    const turn = [root(0.5, 0), root(0.1, 0)];
    const unmeasured = { ...costs, plain: null };
    expect(estimateMs(recount([turn], skipNever), unmeasured)).toBe(5 + 24);
    expect(estimateMs(recount([turn], skipNever), unmeasured, false)).toBe(5 + 20);
    expect(estimateMs(recount([turn], skipFrom(0.3)), unmeasured)).toBeNull();
    const { withoutGate, curve } = whatIf([turn], costs);
    expect(withoutGate.ratio).toBe(1);
    expect(curve[0]?.ratio).toBe(29 / 25);
  });

  it('says how many rounds lean on an assumption', () => {
    const turn = [
      root(0.1, 1),
      { ...root(0.2, 2), assumed: true },
      { ...root(0.9, 0), assumed: true },
      root(0.3, 0),
    ];
    expect(recount([turn], skipNever)).toMatchObject({ assumed: 1, unsure: 1 });
    expect(recount([turn], skipFrom(0.5))).toMatchObject({ assumed: 0, unsure: 1, skipped: 1 });
    expect(recount([turn], skipFrom(0.05))).toMatchObject({ assumed: 0, unsure: 2, skipped: 4 });
  });
});

describe('gate quality', () => {
  it('compares hits with zero-accept rounds', () => {
    const decisions = [
      { hit: true, accepted: 0 },
      { hit: true, accepted: 2 },
      { hit: false, accepted: 0 },
      { hit: true, accepted: 0 },
    ];
    expect(gateQuality(decisions)).toMatchObject({ decisions: 4, hits: 3, zeroAccept: 3, right: 2 });
    expect(gateQuality(decisions).precision).toBeCloseTo(2 / 3);
    expect(gateQuality([])).toMatchObject({ precision: null, recall: null });
  });

  it('reads the decisions of a probe run off its rounds', () => {
    const ms = { draft: 1, verify: 1, capture: 0, other: 0 };
    const gate = (score: number | null, hit: boolean, skipped = false) => ({
      score,
      threshold: 0.35,
      hit,
      skipped,
      forgone: null,
    });
    const base = { index: 0, turn: 0, firstToken: 0, drafted: 3, ms };
    const rounds = [
      { ...base, drafted: 0, accepted: 0, noDraft: 'prefill' as const, gate: gate(null, false) },
      { ...base, accepted: 2, noDraft: null, gate: gate(0.4, true) },
      { ...base, drafted: 0, accepted: 0, noDraft: 'no-match' as const, gate: gate(0.3, false) },
      { ...base, drafted: 0, accepted: 0, noDraft: 'gate' as const, gate: gate(0.5, true, true) },
      { ...base, drafted: 0, accepted: 0, noDraft: 'last-token' as const, gate: gate(0.5, true) },
    ];
    expect(decisionsIn(rounds, null)).toEqual([
      { hit: true, accepted: 2 },
      { hit: false, accepted: 0 },
    ]);
    expect(decisionsIn(rounds, 0.3)).toEqual([
      { hit: true, accepted: 2 },
      { hit: true, accepted: 0 },
    ]);
  });
});
