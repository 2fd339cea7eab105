import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layoutTree, neighbour } from '../../../../src-renderer/charts/tree/layout.ts';
import { nodeWidth, shortLabel } from '../../../../src-renderer/charts/tree/nodes.ts';

const box = () => ({ width: 50, height: 20 });
const all = () => true;
const none: ReadonlySet<number> = new Set();
//      0 - 1 - 3
//        \   \ 4
//          2 - 5
const parents = [-1, 0, 0, 1, 1, 2];

describe('layoutTree', () => {
  it('draws the committed path as a straight line at the top', () => {
    const layout = layoutTree(parents, box, all, new Set([2, 5]));
    const y = (node: number) => layout.nodes.find((n) => n.node === node)?.y;
    expect([0, 2, 5].map(y)).toEqual([10, 10, 10]);
    expect(y(1)).toBe(y(3));
    expect(y(4)).toBeGreaterThan(y(3) ?? 0);
  });

  it('gives every depth one column, as wide as its widest box', () => {
    const layout = layoutTree(parents, (n) => ({ width: n === 1 ? 90 : 40, height: 20 }), all, none);
    expect(layout.columns.map((c) => c.width)).toEqual([40, 90, 40]);
    const [, second, third] = layout.columns;
    expect((third?.x ?? 0) - (second?.x ?? 0)).toBeGreaterThan(90);
  });

  it('leaves out what is hidden, with all that hangs from it', () => {
    const layout = layoutTree(parents, box, (n) => n !== 1, none);
    expect(layout.nodes.map((n) => n.node)).toEqual([0, 2, 5]);
    expect(layout.links).toHaveLength(2);
  });

  it('never lets boxes overlap, whatever the tree', () => {
    const trees = fc.array(fc.nat(), { maxLength: 60 }).map((r) => [-1, ...r.map((n, i) => n % (i + 1))]);
    fc.assert(
      fc.property(trees, fc.uniqueArray(fc.nat({ max: 60 })), (tree, path) => {
        const layout = layoutTree(tree, (n) => ({ width: 30 + (n % 5) * 9, height: 20 }), all, new Set(path));
        expect(layout.nodes).toHaveLength(tree.length);
        for (const a of layout.nodes) {
          for (const b of layout.nodes) {
            if (a.node >= b.node) continue;
            const apart =
              a.depth === b.depth ? Math.abs(a.y - b.y) >= 20 : a.x + a.width <= b.x || b.x + b.width <= a.x;
            expect(apart).toBe(true);
          }
        }
        for (const { from, to } of layout.links) expect(to.y).toBeGreaterThanOrEqual(from.y);
      }),
    );
  });
});

describe('neighbour', () => {
  const layout = layoutTree(parents, box, all, none);

  it('walks to parents, children and along a column', () => {
    expect(neighbour(layout, 4, 'left')).toBe(1);
    expect(neighbour(layout, 1, 'right')).toBe(3);
    expect(neighbour(layout, 3, 'down')).toBe(4);
    expect(neighbour(layout, 5, 'up')).toBe(4);
  });

  it('stops at the edges and knows nothing of hidden nodes', () => {
    expect(neighbour(layout, 0, 'left')).toBeNull();
    expect(neighbour(layout, 5, 'right')).toBeNull();
    expect(neighbour(layout, 77, 'up')).toBeNull();
  });
});

describe('node boxes', () => {
  it('cut long labels by characters, not code units', () => {
    expect(shortLabel('😀'.repeat(30))).toBe(`${'😀'.repeat(21)}…`);
    expect(shortLabel('short')).toBe('short');
  });

  it('grow with their longer line', () => {
    const node = { label: 'a', detail: '', reason: '', look: 'root', q: null, p: null } as const;
    expect(nodeWidth({ ...node, detail: 'q .62 → p .93 #1' })).toBeGreaterThan(nodeWidth(node));
  });
});
