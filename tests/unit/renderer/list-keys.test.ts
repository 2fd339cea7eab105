import fc from 'fast-check';
import { expect, it } from 'vitest';
import { moveInList } from '../../../src-renderer/ui/list-keys.ts';

const grid = { count: 10, columns: 4, page: 3 };

it('moves by column and row, and stays inside', () => {
  expect(moveInList('ArrowRight', 0, grid)).toBe(1);
  expect(moveInList('ArrowDown', 1, grid)).toBe(5);
  expect(moveInList('ArrowUp', 5, grid)).toBe(1);
  expect(moveInList('ArrowUp', 1, grid)).toBe(1);
  expect(moveInList('ArrowLeft', 0, grid)).toBe(0);
  expect(moveInList('ArrowDown', 7, grid)).toBe(9);
  expect(moveInList('PageDown', 0, grid)).toBe(8);
  expect(moveInList('PageUp', 9, grid)).toBe(1);
  expect(moveInList('Home', 9, grid)).toBe(0);
  expect(moveInList('End', 0, grid)).toBe(9);
});

it('starts at the first item, and leaves other keys alone', () => {
  expect(moveInList('ArrowDown', -1, grid)).toBe(0);
  expect(moveInList('x', 3, grid)).toBeNull();
  expect(moveInList('ArrowLeft', 3, { ...grid, columns: 1 })).toBeNull();
  expect(moveInList('ArrowDown', -1, { ...grid, count: 0 })).toBeNull();
});

it('never leaves the list', () => {
  const keys = ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'PageUp', 'PageDown', 'Home', 'End'];
  fc.assert(
    fc.property(
      fc.record({
        count: fc.integer({ min: 1, max: 50 }),
        columns: fc.integer({ min: 1, max: 8 }),
        page: fc.nat(9),
      }),
      fc.array(fc.constantFrom(...keys), { maxLength: 40 }),
      (shape, pressed) => {
        let index = -1;
        for (const key of pressed) {
          index = moveInList(key, index, shape) ?? index;
          expect(index).toBeLessThan(shape.count);
          expect(index).toBeGreaterThanOrEqual(-1);
        }
      },
    ),
  );
});
