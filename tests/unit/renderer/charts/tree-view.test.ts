import { zoomIdentity } from 'd3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Layout, layoutTree } from '../../../../src-renderer/charts/tree/layout.ts';
import { fitting, shiftInto } from '../../../../src-renderer/charts/tree/view.ts';

/** A root with `leaves` children, each 100 x 40. */
function fan(leaves: number): Layout {
  const parents = [-1, ...Array.from({ length: leaves }, () => 0)];
  return layoutTree(
    parents,
    () => ({ width: 100, height: 40 }),
    () => true,
    new Set(),
  );
}

describe('fitting', () => {
  it('shows a small tree whole and not enlarged', () => {
    expect(fitting(fan(3), 800, 400).k).toBe(1);
  });

  it('shrinks a tree a little to show it whole', () => {
    const layout = fan(8);
    const view = fitting(layout, 800, layout.height);
    expect(view.k).toBeGreaterThan(0.8);
    expect(view.k).toBeLessThan(1);
    expect(view.applyY(layout.height)).toBeLessThanOrEqual(layout.height);
  });

  it('keeps a tall tree legible, from its root on', () => {
    const layout = fan(40);
    const view = fitting(layout, 800, 300);
    expect(view.k).toBe(1);
    expect(view.applyY(0)).toBeGreaterThan(0);
  });

  it('shrinks a tall and wide tree by its width only', () => {
    const layout = { ...fan(40), width: 900 };
    expect(fitting(layout, 800, 300).k).toBeCloseTo(772 / 900);
    expect(fitting({ ...layout, width: 9000 }, 800, 300).k).toBe(0.72);
  });
});

describe('shiftInto', () => {
  it('moves nothing for a node that is in sight', () => {
    const layout = fan(3);
    const view = fitting(layout, 800, 400);
    for (const placed of layout.nodes) expect(shiftInto(view, placed, 800, 400)).toEqual([0, 0]);
  });

  it('brings any node into sight, from any view', () => {
    const layout = fan(30);
    const view = fc.record({
      x: fc.integer({ min: -2000, max: 2000 }),
      y: fc.integer({ min: -2000, max: 2000 }),
      k: fc.double({ min: 0.2, max: 2, noNaN: true }),
      node: fc.nat({ max: layout.nodes.length - 1 }),
    });
    fc.assert(
      fc.property(view, ({ x, y, k, node }) => {
        const placed = layout.nodes[node];
        if (placed === undefined) return;
        const before = zoomIdentity.translate(x, y).scale(k);
        const after = before.translate(...shiftInto(before, placed, 800, 400));
        expect(after.applyX(placed.x)).toBeGreaterThanOrEqual(0);
        expect(after.applyX(placed.x + placed.width)).toBeLessThanOrEqual(800);
        expect(after.applyY(placed.y - placed.height / 2)).toBeGreaterThanOrEqual(0);
        expect(after.applyY(placed.y + placed.height / 2)).toBeLessThanOrEqual(400);
      }),
    );
  });
});
