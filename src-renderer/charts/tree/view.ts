import { type ZoomTransform, zoomIdentity } from 'd3';
import type { Layout, Placed } from './layout.ts';

/** Room around the tree in pixels. */
const margin = 14;
/** Height of the ruler above the tree. */
export const rulerHeight = 19;
/** Room above the tree for the names of its columns. */
const headroom = 12;
/** Scale from which small print is read without effort. */
const legible = 0.85;
/** Least scale that a wide tree is drawn at, so that its accepted path is in sight as a whole. */
const smallest = 0.72;

/**
 * Transform of the whole layout in a box of `width` x `height` pixels, never enlarged. A tree that would become too small
 * to be read is fitted by its width alone, and goes on below the box.
 */
export function fitting(layout: Layout, width: number, height: number): ZoomTransform {
  const room = height - 2 * margin - headroom;
  const byWidth = Math.min(1, (width - 2 * margin) / Math.max(1, layout.width));
  const whole = Math.min(byWidth, room / Math.max(1, layout.height));
  const k = whole >= legible ? whole : Math.max(smallest, byWidth);
  const shift = Math.max(0, Math.min(48, (room - layout.height * k) / 2));
  return zoomIdentity.translate(margin, margin + headroom + shift).scale(k);
}

/** How far the drawing has to move, in units of the layout, for a node to be in sight; [0, 0] when it is. */
export function shiftInto(
  transform: ZoomTransform,
  placed: Placed,
  width: number,
  height: number,
): readonly [number, number] {
  const { k } = transform;
  const left = transform.applyX(placed.x);
  const top = transform.applyY(placed.y - placed.height / 2);
  const dx = shiftOf(left, left + placed.width * k, margin, width - margin);
  const dy = shiftOf(top, top + placed.height * k, margin + headroom, height - margin);
  return [dx / k, dy / k];
}

/** Shift that brings [from, to] into [low, high]; its start comes first where it is too long. */
function shiftOf(from: number, to: number, low: number, high: number): number {
  if (from < low || to - from > high - low) return low - from;
  return to > high ? high - to : 0;
}
