import { describe, expect, it } from 'vitest';
import {
  type BreakCondition,
  breakDefaults,
  breakLabel,
  breakpointSchema,
} from '#shared/domain/breakpoint.ts';
import type { RoundRecord } from '#shared/domain/round.ts';
import type { AnswerToken } from '#shared/domain/token.ts';
import { findHit, type Matcher, type Watched } from '../../../src-main/decoding/breakpoints.ts';
import { boundedMatcher } from '../../../src-main/engine/pattern.ts';
import { makeRecord } from '../storage/records.ts';

const base = makeRecord(2, 5);
const token = (change: Partial<AnswerToken>): AnswerToken => ({
  ...(base.tokens[0] as AnswerToken),
  ...change,
});

/** Round 2 of a run: its tokens stand at 3, 4 and 5 of the answer, after ids 7 8 9. */
function watched(
  change: Partial<RoundRecord['round']> = {},
  tokens: Partial<AnswerToken>[] = [{}, {}, {}],
): Watched {
  const made = tokens.map((t, i) => token({ index: 3 + i, id: 10 + i, ...t }));
  return {
    record: { ...base, round: { ...base.round, ...change }, tokens: made },
    last: false,
    text: 'A red cube on',
    ends: [2, 5, 10, 13],
    ids: [7, 8, 9, ...made.map((t) => t.id)],
    plain: null,
    before: 3,
  };
}

const never: Matcher = () => null;
const hitOf = (when: BreakCondition, w: Watched, matcher = never) =>
  findHit([{ id: 'b', on: true, when }], null, w, matcher);

describe('breakpoints', () => {
  it('compares rounds, accepted counts and turn ends', () => {
    expect(hitOf({ kind: 'round', round: 2 }, watched())).toMatchObject({ id: 'b', round: 2, token: null });
    expect(hitOf({ kind: 'round', round: 3 }, watched())).toBeNull();
    const accepted = (is: '=' | '>=' | '<=', n: number, change: Partial<RoundRecord['round']>) =>
      hitOf({ kind: 'accepted', is, n }, watched(change)) !== null;
    expect(accepted('=', 0, { drafted: 4, accepted: 0 })).toBe(true);
    // A round that drafted nothing could accept nothing.
    expect(accepted('=', 0, { drafted: 0, accepted: 0 })).toBe(false);
    expect(accepted('>=', 2, { drafted: 4, accepted: 2 })).toBe(true);
    expect(accepted('>=', 3, { drafted: 4, accepted: 2 })).toBe(false);
    expect(accepted('<=', 1, { drafted: 4, accepted: 2 })).toBe(false);
    expect(hitOf({ kind: 'turn-end' }, watched())).toBeNull();
    expect(hitOf({ kind: 'turn-end' }, { ...watched(), last: true })).toMatchObject({ token: 5 });
  });

  it('tells the token at which a probability or a score was met', () => {
    const low = watched({}, [{ pTarget: 0.9 }, { pTarget: 0.2 }, { pTarget: 0.1 }]);
    expect(hitOf({ kind: 'p-target', below: 0.5 }, low)).toMatchObject({ token: 4, found: 'p target 0.2' });
    expect(hitOf({ kind: 'p-target', below: 0.1 }, low)).toBeNull();
    const scored = watched({}, [{ score: null }, { score: 0.2 }, { score: 0.6 }]);
    expect(hitOf({ kind: 'score', least: 0.6 }, scored)).toMatchObject({ token: 5 });
    expect(hitOf({ kind: 'score', least: 0.7 }, scored)).toBeNull();
  });

  it('sees hits and near misses of the gate, and nothing where it compared nothing', () => {
    const gate = (score: number | null, hit: boolean, near: number, threshold: number | null = 0.35) =>
      hitOf(
        { kind: 'gate', near },
        watched({ gate: { score, threshold, hit, skipped: hit, forgone: null } }),
      );
    expect(gate(0.4, true, 0)?.found).toContain('hit, not drafted');
    expect(gate(0.3, false, 0)).toBeNull();
    expect(gate(0.3, false, 0.06)?.found).toContain('near miss');
    expect(gate(null, false, 1)).toBeNull();
    expect(gate(0.9, false, 1, null)).toBeNull();
  });

  it("looks at the target's rank of the draft's first choice along the accepted path only", () => {
    const tree = { ...base.tree, verified: 3, parents: [-1, 0, 0, 1, 1], targetRank: [null, 0, 9, 30, 40] };
    const w = watched({}, [{ rowNode: 0 }]);
    const rank = (above: number, w2: Watched) => hitOf({ kind: 'draft-rank', above }, w2);
    const of = (change: Partial<typeof tree>): Watched => ({
      ...w,
      record: { ...w.record, tree: { ...tree, ...change } },
    });
    expect(rank(1, of({}))).toBeNull();
    expect(rank(1, of({ targetRank: [null, 1, 0, 30, 40] }))).toMatchObject({
      token: 3,
      found: expect.stringContaining('#2'),
    });
    expect(rank(2, of({ targetRank: [null, 1, 0, 30, 40] }))).toBeNull();
  });

  it('finds text across tokens, and names the token that ended it', () => {
    const text = (text: string, regex = false) =>
      hitOf({ kind: 'text', text, regex }, watched(), boundedMatcher);
    expect(text('A red')).toMatchObject({ token: 3 });
    expect(text('cube')).toMatchObject({ token: 4 });
    expect(text('A')).toBeNull();
    expect(text('on$', true)).toMatchObject({ token: 5, found: '“on”' });
    expect(text('[a-z]{4}', true)).toMatchObject({ token: 4, found: '“cube”' });
    expect(text('^A\\b', true)).toBeNull();
    expect(text('x*', true)).toBeNull();
  });

  it('gives a pattern up that backtracks without end', () => {
    const w = { ...watched(), text: `${'a'.repeat(60)}!`, ends: [0, 20, 40, 61] };
    expect(hitOf({ kind: 'text', text: '(a+)+$', regex: true }, w, boundedMatcher)?.found).toContain(
      'too long',
    );
  });

  it('refuses a pattern that is none, with the reason', () => {
    const parsed = breakpointSchema.safeParse({
      id: 'b',
      on: true,
      when: { kind: 'text', text: '(', regex: true },
    });
    expect(parsed.error?.issues[0]?.message).toMatch(/regular expression/i);
    expect(
      breakpointSchema.safeParse({ id: 'b', on: true, when: { kind: 'text', text: '(', regex: false } })
        .success,
    ).toBe(true);
  });

  it('reports a difference from plain decoding once: where it begins', () => {
    const differs = (plain: number[], change: Partial<Watched> = {}) =>
      hitOf({ kind: 'differs' }, { ...watched(), plain, ...change });
    expect(differs([7, 8, 9, 10, 11, 12, 13])).toBeNull();
    expect(differs([7, 8, 9, 10, 99, 12, 13])).toMatchObject({ token: 4 });
    expect(differs([7, 99, 9, 10, 99, 12, 13])).toBeNull();
    expect(differs([7, 8, 9, 10])).toMatchObject({ token: 4, found: 'plain decoding has ended here' });
    expect(differs([7, 8, 9, 10, 11, 12, 13], { last: true })).toMatchObject({ token: 5 });
    expect(hitOf({ kind: 'differs' }, watched())).toBeNull();
  });

  it('takes the first one of the list that is on; the cursor comes last', () => {
    const on = (id: string, is: boolean) => ({ id, on: is, when: { kind: 'round', round: 2 } as const });
    expect(findHit([on('a', false), on('b', true), on('c', true)], null, watched(), never)?.id).toBe('b');
    const at = (stopAt: Parameters<typeof findHit>[1]) => findHit([], stopAt, watched(), never);
    expect(at({ kind: 'token', token: 5 })).toMatchObject({ id: null, token: 5 });
    expect(at({ kind: 'token', token: 6 })).toBeNull();
    expect(at({ kind: 'round', round: 3 })).toBeNull();
    expect(at({ kind: 'round', round: 1 })).toMatchObject({ id: null, round: 2 });
  });

  it('has words for every kind, each different', () => {
    expect(new Set(breakDefaults.map(breakLabel)).size).toBe(breakDefaults.length);
  });
});
