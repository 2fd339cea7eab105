import type { ZoomTransform } from 'd3';
import { drawNode, type Fonts, setLine } from './draw-node.ts';
import { columnGap, type Layout, type Placed } from './layout.ts';
import { acceptedLink, type LineStyle, linkTo, ownLink, type TreeColours } from './looks.ts';
import type { TreeNode } from './nodes.ts';
import { rulerHeight } from './view.ts';

/** A line between two nodes, ready to be stroked. */
export interface Link {
  readonly from: Placed;
  readonly to: Placed;
  readonly path: Path2D;
  readonly style: LineStyle;
}

/** Everything the tree draws. */
export interface TreeDrawing {
  readonly layout: Layout;
  readonly links: readonly Link[];
  /** names of the columns, and how many nodes are in each */
  readonly columns: readonly { readonly x: number; readonly width: number; readonly nodes: number }[];
  readonly nodes: readonly TreeNode[];
  readonly selected: number | null;
  readonly hovered: number | null;
  readonly transform: ZoomTransform;
  /** of the canvas, CSS pixels */
  readonly width: number;
  readonly height: number;
  readonly colours: TreeColours;
  readonly fonts: Fonts;
}

/** radius of a link's corners */
const corner = 6;

/** Right-angled link; all children of a node share one vertical line. Children never lie above their parent. */
export function linkPath(from: Placed, to: Placed): string {
  const start = `M${from.x + from.width},${from.y}`;
  if (from.y === to.y) return `${start}H${to.x}`;
  const bend = to.x - columnGap / 2;
  return `${start}H${bend - corner}Q${bend},${from.y} ${bend},${from.y + corner}V${to.y - corner}Q${bend},${to.y} ${bend + corner},${to.y}H${to.x}`;
}

/** Lines of a layout; those of the committed path come last, above the lines that leave it. */
export function linksOf(
  layout: Layout,
  nodes: readonly TreeNode[],
  path: ReadonlySet<number>,
  own: number | null,
): Link[] {
  const committed = (node: number) => node === own || path.has(node);
  return layout.links
    .map(({ from, to }): Link => {
      const other = linkTo(nodes[to.node]?.look ?? 'root');
      const style = to.node === own ? ownLink : path.has(to.node) ? acceptedLink : other;
      return { from, to, path: new Path2D(linkPath(from, to)), style };
    })
    .sort((a, b) => Number(committed(a.to.node)) - Number(committed(b.to.node)));
}

/** Draws what is in sight of a tree. Nodes that are too small to be read have no text. */
export function drawTree(context: CanvasRenderingContext2D, d: TreeDrawing): void {
  const { transform } = d;
  const [left, top] = transform.invert([0, 0]);
  const [right, bottom] = transform.invert([d.width, d.height]);
  context.save();
  context.translate(transform.x, transform.y);
  context.scale(transform.k, transform.k);
  for (const { from, to, path, style } of d.links) {
    if (to.x < left || from.x > right || to.y < top || from.y > bottom) continue;
    setLine(context, style, d.colours);
    context.stroke(path);
  }
  for (const placed of d.layout.nodes) {
    const node = d.nodes[placed.node];
    const half = placed.height / 2;
    if (node === undefined || placed.y + half < top || placed.y - half > bottom) continue;
    if (placed.x + placed.width < left || placed.x > right) continue;
    const state = placed.node === d.selected ? 'selected' : placed.node === d.hovered ? 'hovered' : undefined;
    drawNode(context, placed, node, { state, scale: transform.k, colours: d.colours, fonts: d.fonts });
  }
  context.restore();
  drawRuler(context, d);
}

/** Names of the depths with their numbers of nodes, above their columns and always in sight. */
function drawRuler(context: CanvasRenderingContext2D, d: TreeDrawing): void {
  context.globalAlpha = 0.92;
  context.fillStyle = d.colours.surface;
  context.fillRect(0, 0, d.width, rulerHeight);
  context.globalAlpha = 1;
  context.fillStyle = d.colours.border;
  context.fillRect(0, rulerHeight - 0.5, d.width, 1);
  context.fillStyle = d.colours['text-3'];
  context.font = d.fonts.depth;
  for (const [depth, { x, width, nodes }] of d.columns.entries()) {
    const room = width * d.transform.k;
    const name = room > 48 ? `depth ${depth}${room > 80 ? ` · ${nodes}` : ''}` : String(depth);
    context.fillText(depth === 0 && room > 24 ? 'root' : name, d.transform.applyX(x) + 2, 13);
  }
}
