import { hierarchy, tree } from 'd3';

/** Size of a node's box in pixels. */
export interface Box {
  readonly width: number;
  readonly height: number;
}

/** A node placed in the plane: left edge and vertical middle of its box. */
export interface Placed {
  readonly node: number;
  readonly depth: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Layout {
  readonly nodes: readonly Placed[];
  readonly links: readonly { readonly from: Placed; readonly to: Placed }[];
  /** left edge of every depth's column */
  readonly columns: readonly { readonly x: number; readonly width: number }[];
  readonly width: number;
  readonly height: number;
}

export const columnGap = 34;
export const rowGap = 8;

interface Item {
  readonly node: number;
  readonly children: Item[];
}

/** The shown part of a tree as nested items; a node whose parent is not shown is left out. */
function nest(parents: readonly number[], shown: (node: number) => boolean): Item | null {
  const items = new Map<number, Item>();
  let root: Item | null = null;
  for (const [node, parent] of parents.entries()) {
    if (!shown(node)) continue;
    const item: Item = { node, children: [] };
    if (node === 0) root = item;
    else {
      const above = items.get(parent);
      if (above === undefined) continue;
      above.children.push(item);
    }
    items.set(node, item);
  }
  return root;
}

/**
 * Places a tree from left to right, one column per depth, each as wide as its widest box, children in the order of
 * their indices. `parents[i] < i`, node 0 is the root.
 */
export function layoutTree(
  parents: readonly number[],
  boxOf: (node: number) => Box,
  shown: (node: number) => boolean,
): Layout {
  const root = nest(parents, shown);
  if (root === null) return { nodes: [], links: [], columns: [], width: 0, height: 0 };
  const height = Math.max(...parents.map((_, node) => boxOf(node).height));
  const placed = tree<Item>()
    .nodeSize([height + rowGap, 1])
    .separation((a, b) => (a.parent === b.parent ? 1 : 1.25))(hierarchy(root));
  const columns: { x: number; width: number }[] = [];
  placed.each((p) => {
    const width = boxOf(p.data.node).width;
    const column = columns[p.depth];
    if (column === undefined) columns[p.depth] = { x: 0, width };
    else column.width = Math.max(column.width, width);
  });
  let x = 0;
  for (const column of columns) {
    column.x = x;
    x += column.width + columnGap;
  }
  let top = Number.POSITIVE_INFINITY;
  let bottom = Number.NEGATIVE_INFINITY;
  placed.each((p) => {
    top = Math.min(top, p.x);
    bottom = Math.max(bottom, p.x);
  });
  const byNode = new Map<number, Placed>();
  placed.each((p) => {
    const box = boxOf(p.data.node);
    byNode.set(p.data.node, {
      node: p.data.node,
      depth: p.depth,
      x: columns[p.depth]?.x ?? 0,
      y: p.x - top + height / 2,
      ...box,
    });
  });
  const nodes = [...byNode.values()].sort((a, b) => a.node - b.node);
  const links = nodes.flatMap((to) => {
    const from = byNode.get(parents[to.node] ?? -1);
    return to.node === 0 || from === undefined ? [] : [{ from, to }];
  });
  return { nodes, links, columns, width: x - columnGap, height: bottom - top + height };
}

/** Where the keyboard goes from a node. */
export type Direction = 'left' | 'right' | 'up' | 'down';

/**
 * The node next to `node`: left is its parent, right its child nearest in height, up and down its neighbours in the
 * same column. Null where there is none.
 */
export function neighbour(layout: Layout, node: number, direction: Direction): number | null {
  const here = layout.nodes.find((p) => p.node === node);
  if (here === undefined) return null;
  if (direction === 'left') return layout.links.find((l) => l.to.node === node)?.from.node ?? null;
  if (direction === 'right') {
    return nearest(
      layout.links.filter((l) => l.from.node === node).map((l) => l.to),
      here.y,
    );
  }
  const side = direction === 'up' ? -1 : 1;
  return nearest(
    layout.nodes.filter((p) => p.depth === here.depth && Math.sign(p.y - here.y) === side),
    here.y,
  );
}

function nearest(candidates: readonly Placed[], y: number): number | null {
  let best: Placed | null = null;
  for (const p of candidates) {
    if (best === null || Math.abs(p.y - y) < Math.abs(best.y - y)) best = p;
  }
  return best?.node ?? null;
}
