import { describe, expect, it } from 'vitest';
import {
  imageTurn,
  tokenSpan,
  viewOf,
  withRecords,
  withTurn,
} from '../../../../src-renderer/features/inspect/model/run-view.ts';
import { resolve, stepRound, stepToken } from '../../../../src-renderer/features/inspect/model/selection.ts';
import { detail, records, turn } from './a-run.ts';

const whole = viewOf(detail());

describe('a run, live or recorded', () => {
  it('is the same model whether it was opened at its end or watched from any round on', () => {
    for (let seen = 0; seen <= records.length; seen += 1) {
      const live = withRecords(viewOf(detail(seen)), records.slice(seen));
      expect({ ...live, summary: whole.summary }).toEqual(whole);
    }
  });

  it('ignores records that it has already', () => {
    const view = viewOf(detail(2));
    expect(withRecords(view, records.slice(0, 2))).toBe(view);
    expect(withRecords(view, records)?.rounds).toHaveLength(3);
  });

  it('tells a gap', () => {
    expect(withRecords(viewOf(detail(1)), records.slice(2))).toBeNull();
  });

  it('knows the tokens of every round', () => {
    expect([0, 1, 2].map((round) => tokenSpan(whole, round))).toEqual([
      [0, 1],
      [1, 3],
      [3, 4],
    ]);
    expect(tokenSpan(whole, 9)).toEqual([4, 4]);
  });

  it('replaces a turn by its newer state and keeps an earlier turn’s image', () => {
    const second = { ...turn, index: 1, image: null, grids: [] };
    const view = withTurn(withTurn(whole, second), { ...turn, endedBy: 'end-of-text' });
    expect(view.turns.map((t) => [t.index, t.endedBy])).toEqual([
      [0, 'end-of-text'],
      [1, null],
    ]);
    expect(imageTurn(view, 1)?.index).toBe(0);
  });
});

describe('selection', () => {
  it('follows the newest round when nothing is selected', () => {
    expect(resolve(whole, {})).toEqual({ round: 2, token: 3, node: null, following: true });
    expect(resolve(viewOf(detail(0)), {})).toEqual({ round: null, token: null, node: null, following: true });
  });

  it('takes the round of a selected token, and the last token of a selected round', () => {
    expect(resolve(whole, { token: 1, round: 0 })).toMatchObject({ round: 1, token: 1, following: false });
    expect(resolve(whole, { round: 1, node: 2 })).toEqual({ round: 1, token: 2, node: 2, following: false });
  });

  it('falls back to following where the run has no such round', () => {
    expect(resolve(whole, { round: 77, node: 5 })).toMatchObject({ round: 2, node: null, following: true });
  });

  it('steps through tokens and rounds and stops at the ends', () => {
    const at = resolve(whole, { token: 1 });
    expect(stepToken(whole, at, 1)).toEqual({ token: 2, round: 1 });
    expect(stepToken(whole, resolve(whole, { token: 0 }), -1)).toBeNull();
    expect(stepRound(whole, at, 1)).toEqual({ round: 2 });
    expect(stepRound(whole, resolve(whole, { round: 2 }), 1)).toBeNull();
  });
});
