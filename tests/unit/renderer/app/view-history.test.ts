import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import {
  redone,
  type Steps,
  undone,
  useViewHistory,
  type ViewStep,
  withStep,
} from '../../../../src-renderer/app/view-history.ts';

/** A view that is one number, and steps that change it. */
let view = 0;
const step = (from: number, to: number, what: string, at: number): ViewStep => ({
  what,
  at,
  undo: () => {
    view = from;
  },
  redo: () => {
    view = to;
  },
});
const history = useViewHistory.getState;

beforeEach(() => {
  view = 0;
  history().clear();
});

function go(to: number, what: string, at: number): void {
  history().record(step(view, to, what, at));
  view = to;
}

test('undo leads back step by step, redo forward again, and a new step ends what can be redone', () => {
  go(1, 'round', 0);
  go(2, 'round', 5000);
  go(3, 'colour', 5001);
  history().undo();
  expect(view).toBe(2);
  history().undo();
  expect(view).toBe(1);
  history().redo();
  expect(view).toBe(2);
  go(9, 'filter', 9000);
  expect(history().future).toEqual([]);
  history().undo();
  expect(view).toBe(2);
  history().undo();
  history().undo();
  history().undo();
  expect(view).toBe(0);
});

test('steps of a kind that follow each other fast are one', () => {
  for (let i = 1; i <= 10; i++) go(i, 'token', i * 100);
  go(11, 'token', 9000);
  history().undo();
  expect(view).toBe(10);
  history().undo();
  expect(view).toBe(0);
  history().redo();
  expect(view).toBe(10);
  // What comes after a redo is a step of its own, however fast.
  go(12, 'token', 1001);
  history().undo();
  expect(view).toBe(10);
});

test('what changes by an undo is no new step', () => {
  history().record({
    what: 'layout',
    at: 0,
    undo: () => history().record(step(0, 1, 'echo', 1)),
    redo: () => {},
  });
  history().undo();
  expect(history().past).toEqual([]);
  expect(history().future).toHaveLength(1);
});

test('undo and redo of any steps are inverse', () => {
  const steps = fc.array(fc.record({ what: fc.constantFrom('a', 'b'), at: fc.nat(3000) }), { maxLength: 20 });
  fc.assert(
    fc.property(steps, (all) => {
      const start: Steps = { past: [], future: [] };
      const made = all.reduce((now, { what, at }, i) => withStep(now, step(i, i + 1, what, at)), start);
      let now = made;
      for (let back = undone(now); back !== null; back = undone(now)) now = back.steps;
      expect(now.past).toEqual([]);
      for (let forth = redone(now); forth !== null; forth = redone(now)) now = forth.steps;
      expect(now.past.map(({ what }) => what)).toEqual(made.past.map(({ what }) => what));
    }),
  );
});
