import { describe, expect, it } from 'vitest';
import { viewOf } from '../../../../src-renderer/features/inspect/model/run-view.ts';
import {
  looksAt,
  noMaps,
  ranked,
  withMaps,
} from '../../../../src-renderer/features/inspect/store/layer-maps.ts';
import { detail, detailOf } from './a-run.ts';

const view = viewOf(detail());
const read = (round: number) => detailOf(round).attention.map((frame) => ({ round, frame }));

describe('maps of a layer', () => {
  it('are read in parts, with their mean', () => {
    const first = withMaps(noMaps, read(0), 1);
    const all = withMaps(first, [...read(1), ...read(2)], 3);
    expect([first.rounds.size, all.rounds.size, first.next, all.next]).toEqual([1, 3, 1, 3]);
    expect(all.mean?.maps).toBe(4);
    expect(withMaps(noMaps, [], 5)).toEqual({ rounds: new Map(), next: 5, mean: null });
  });

  it('rank tokens by what they put on patches', () => {
    // Round 2 has no map: its token is left out.
    const maps = withMaps(noMaps, [...read(0), ...read(1)], 3);
    const looked = looksAt(maps, new Set([1]), view.tokens, view.firstTokens);
    expect(looked.map(({ place }) => place)).toEqual([0, 1, 2]);
    expect(looked.map(({ mass }) => mass.toFixed(3))).toEqual(['0.020', '0.020', '0.040']);
    expect(ranked(looked).map(({ place }) => place)).toEqual([2, 0, 1]);
    const both = looksAt(maps, new Set([0, 1]), view.tokens, view.firstTokens);
    expect(both[2]?.mass).toBeCloseTo(0.24);
    expect(looksAt(maps, new Set(), view.tokens, view.firstTokens).every(({ mass }) => mass === 0)).toBe(
      true,
    );
  });
});
