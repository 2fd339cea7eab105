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
export const rowGap = 7;

interface Item {
  readonly node: number;
  readonly children: Item[];
}

/**
 * The shown part of a tree as nested items. Children keep the order of their indices, but those on `path` come first;
 * a node whose parent is not shown is left out.
 */
function nest(
  parents: readonly number[],
  shown: (node: number) => boolean,
  path: ReadonlySet<number>,
): Item | null {
  const items = new Map<number, Item>();
  let root: Item | null = null;
  for (const [node, parent] of parents.entries()) {
    if (!shown(node)) continue;
    const item: Item = { node, children: [] };
    items.set(node, item);
    if (node === 0) {
      root = item;
      continue;
    }
    const above = items.get(parent)?.children;
    if (path.has(node)) above?.unshift(item);
    else above?.push(item);
  }
  return root;
}

/** Left edges of the columns, one per depth, each as wide as its widest box. */
function columnsOf(widths: readonly number[]): Layout['columns'] {
  let x = 0;
  return widths.map((width) => {
    const column = { x, width };
    x += width + columnGap;
    return column;
  });
}

/**
 * Places a tree from left to right: one column per depth, every node in the row of its first child, and every node as
 * high as its column, and those of its first children, have room. With the committed path first among the children that
 * path is a straight line at the top, and what was refused hangs below it, side by side at different depths. Lines
 * between two columns never cross. `parents[i] < i`, node 0 is the root.
 *
 * A tidy tree (d3-flextree) centres parents on their children and has no columns, so it can show neither the straight
 * path nor the ruler of depths.
 */
export function layoutTree(
  parents: readonly number[],
  boxOf: (node: number) => Box,
  shown: (node: number) => boolean,
  path: ReadonlySet<number>,
): Layout {
  const item = nest(parents, shown, path);
  if (item === null) return { nodes: [], links: [], columns: [], width: 0, height: 0 };
  const placed: { readonly node: number; readonly depth: number; readonly row: number; readonly box: Box }[] =
    [];
  /** first free row of every column */
  const free: number[] = [];
  const place = ({ node, children }: Item, depth: number, least: number): void => {
    const row = Math.max(least, free[depth] ?? 0, ...firstChildRows(children, depth + 1, free));
    free[depth] = row + 1;
    placed.push({ node, depth, row, box: boxOf(node) });
    for (const [i, child] of children.entries()) place(child, depth + 1, i === 0 ? row : 0);
  };
  place(item, 0, 0);

  const widths: number[] = [];
  for (const { depth, box } of placed) widths[depth] = Math.max(widths[depth] ?? 0, box.width);
  const columns = columnsOf(widths);
  const height = placed.reduce((most, { box }) => Math.max(most, box.height), 0);
  const nodes = placed
    .map(({ node, depth, row, box }): Placed => {
      const y = row * (height + rowGap) + height / 2;
      return { node, depth, x: columns[depth]?.x ?? 0, y, ...box };
    })
    .sort((a, b) => a.node - b.node);
  const byNode = new Map(nodes.map((n) => [n.node, n]));
  const links = nodes.flatMap((to) => {
    const from = byNode.get(parents[to.node] ?? -1);
    return to.node === 0 || from === undefined ? [] : [{ from, to }];
  });
  const last = columns.at(-1);
  return {
    nodes,
    links,
    columns,
    width: last === undefined ? 0 : last.x + last.width,
    height: Math.max(...free) * (height + rowGap) - rowGap,
  };
}

/** First free rows of the columns of a node's first child, its first child, and so on: they share the node's row. */
function firstChildRows(children: readonly Item[], depth: number, free: readonly number[]): number[] {
  const [first] = children;
  return first === undefined ? [] : [free[depth] ?? 0, ...firstChildRows(first.children, depth + 1, free)];
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
