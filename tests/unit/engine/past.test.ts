import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RoundRecord } from '#shared/domain/round.ts';
import {
  backTo,
  idsOf,
  type Past,
  pastOf,
  resumeOf,
  roundCount,
  withRound,
} from '../../../src-main/engine/past.ts';
import { makeRecord } from '../storage/records.ts';

function record(turn: number, id: number, tokens: number): RoundRecord {
  const made = makeRecord(0);
  const [token] = made.tokens;
  if (token === undefined) throw new Error('no token');
  return {
    ...made,
    round: { ...made.round, turn, drafted: id % 2 },
    tokens: Array.from({ length: tokens }, (_, i) => ({ ...token, id: id * 10 + i, score: id / 100 })),
  };
}

const rounds = fc
  .array(fc.record({ next: fc.boolean(), tokens: fc.integer({ min: 1, max: 3 }) }), { maxLength: 12 })
  .map((steps) => {
    let turn = 0;
    return steps.map(({ next, tokens }, i) => {
      if (i > 0 && next) turn++;
      return record(turn, i, tokens);
    });
  });

test('going back gives what stood there, and never leaves what the job was handed', () => {
  fc.assert(
    fc.property(rounds, fc.nat(14), fc.boolean(), (records, to, handed) => {
      const base = handed ? { tokens: [900, 901], rounds: 2, score: 0.5, drafted: true } : null;
      const start = pastOf([], base, handed ? 2 : 0);
      const states: Past[] = [start];
      for (const r of records) states.push(withRound(states.at(-1) ?? start, r));
      const whole = states.at(-1) ?? start;
      const first = start.firstRound;
      const back = backTo(whole, to);
      const kept = Math.min(Math.max(to, first), first + records.length);
      expect(roundCount(back)).toBe(kept);
      const there = states[kept - first] ?? start;
      for (let turn = 0; turn < whole.turns.length; turn++)
        expect(idsOf(back, turn)).toEqual(idsOf(there, turn));
      // The turn that goes on is the one whose rounds were taken, from what is left of it.
      const gone = records[kept - first];
      const at = gone?.round.turn ?? records.at(-1)?.round.turn ?? 0;
      expect(back.turns.length - 1).toBe(at);
      expect(resumeOf(back, at)?.tokens ?? []).toEqual(idsOf(there, at));
    }),
  );
});

test('a turn goes on with the last score and whether it was drafted; a job of a later turn knows the answers before', () => {
  const past = withRound(
    pastOf([[1, 2], [3]], { tokens: [4], rounds: 1, score: 0.1, drafted: false }, 5),
    record(2, 7, 2),
  );
  expect(idsOf(past, 0)).toEqual([1, 2]);
  expect(resumeOf(past, 2)).toEqual({ tokens: [4, 70, 71], rounds: 2, score: 0.07, drafted: true });
  expect(roundCount(past)).toBe(6);
  expect(resumeOf(backTo(past, 0), 2)).toEqual({ tokens: [4], rounds: 1, score: 0.1, drafted: false });
});
