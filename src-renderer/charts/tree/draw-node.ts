import type { Placed } from './layout.ts';
import { hoveredFrame, type LineStyle, looks, selectedFrame, type TreeColours } from './looks.ts';
import { discRadius, discRoom, type NodeLook, radiusOf, shortLabel, type TreeNode } from './nodes.ts';

type Context = CanvasRenderingContext2D;

/** Fonts of the tree, in the canvas's own notation. */
export interface Fonts {
  readonly label: string;
  readonly detail: string;
  readonly depth: string;
}

export interface NodeDrawing {
  readonly state: 'selected' | 'hovered' | undefined;
  /** screen pixels per unit of the layout */
  readonly scale: number;
  readonly colours: TreeColours;
  readonly fonts: Fonts;
}

/** Least scale at which letters are more than dust. */
const legible = 0.3;
const markPaths = new Map<NodeLook, Path2D>();

function markPath(look: NodeLook, strokes: string): Path2D {
  const known = markPaths.get(look) ?? new Path2D(strokes);
  markPaths.set(look, known);
  return known;
}

export function setLine(context: Context, { colour, width, dash }: LineStyle, colours: TreeColours): void {
  context.strokeStyle = colours[colour];
  context.lineWidth = width;
  context.setLineDash([...dash]);
}

/** A node's box: frame, discs of q and p, label, numbers, and the mark of its fate. */
export function drawNode(context: Context, placed: Placed, node: TreeNode, d: NodeDrawing): void {
  const { x, width, height } = placed;
  const top = placed.y - height / 2;
  const look = looks[node.look];
  context.beginPath();
  context.roundRect(x, top, width, height, 6);
  context.fillStyle = d.colours[look.fill];
  context.fill();
  const frame = d.state === 'selected' ? selectedFrame : d.state === 'hovered' ? hoveredFrame : look.frame;
  setLine(context, frame, d.colours);
  context.stroke();
  const discs = node.q !== null || node.p !== null;
  if (discs) drawDiscs(context, x + 18, top + 19, node, d.colours);
  if (d.scale < legible) return;
  const left = x + 9 + (discs ? discRoom : 0);
  const label = shortLabel(node.label);
  context.font = d.fonts.label;
  context.fillStyle = d.colours[look.label];
  context.fillText(label, left, top + 16);
  if (look.struck) {
    context.fillStyle = d.colours.danger;
    context.fillRect(left, top + 12, context.measureText(label).width, 1);
  }
  context.font = d.fonts.detail;
  context.fillStyle = d.colours[look.detail];
  context.fillText(node.detail, left, top + 30);
  if (look.mark === null) return;
  setLine(context, look.markLine, d.colours);
  context.save();
  context.lineCap = 'round';
  context.lineJoin = 'round';
  context.translate(x + width - 17, top + 6);
  context.stroke(markPath(node.look, look.mark));
  context.restore();
}

/** The draft's probability as a filled disc, the target's as a ring around the same middle: areas are probabilities. */
function drawDiscs(context: Context, x: number, y: number, { q, p }: TreeNode, colours: TreeColours): void {
  const circle = (radius: number) => {
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
  };
  setLine(context, { colour: 'border-strong', width: 1, dash: [1, 2] }, colours);
  circle(discRadius);
  context.stroke();
  if (q !== null) {
    context.globalAlpha = 0.75;
    context.fillStyle = colours['origin-accepted-mark'];
    circle(radiusOf(q));
    context.fill();
    context.globalAlpha = 1;
  }
  if (p !== null) {
    setLine(context, { colour: 'origin-bonus-mark', width: 2.25, dash: [] }, colours);
    circle(radiusOf(p));
    context.stroke();
  }
}
