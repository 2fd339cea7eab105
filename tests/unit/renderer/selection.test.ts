import { expect, it } from 'vitest';
import { selectRange, toggle } from '../../../src-renderer/ui/selection.ts';

const order = ['a', 'b', 'c', 'd', 'e'];

it('toggles one without touching the given set', () => {
  const ids = new Set(['a']);
  expect([...toggle(ids, 'b')]).toEqual(['a', 'b']);
  expect([...toggle(ids, 'a')]).toEqual([]);
  expect([...ids]).toEqual(['a']);
});

it('adds a range in either direction', () => {
  expect([...selectRange(new Set(['e']), order, 'b', 'd')].sort()).toEqual(['b', 'c', 'd', 'e']);
  expect([...selectRange(new Set(), order, 'd', 'b')].sort()).toEqual(['b', 'c', 'd']);
  expect([...selectRange(new Set(), order, 'gone', 'c')]).toEqual(['c']);
});
