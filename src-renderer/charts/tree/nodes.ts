/** How a node is drawn; words and numbers come ready from the caller. */
export interface TreeNode {
  readonly label: string;
  /** second line, e.g. "q .62 → p .93" */
  readonly detail: string;
  /** the whole reason, for the tooltip and assistive technology */
  readonly reason: string;
  readonly look: NodeLook;
  /** the draft's and the target's probability of the token after its parent; null: not known */
  readonly q: number | null;
  readonly p: number | null;
}

/** `target` nodes stand for the token that the target put after the accepted path. */
export type NodeLook =
  | 'root'
  | 'accepted'
  | 'refused'
  | 'unreached'
  | 'ended'
  | 'cut'
  | 'correction'
  | 'bonus'
  | 'plain'
  | 'forced';

const charWidth = 7.25;
const detailCharWidth = 6.05;
const longest = 22;

export const nodeHeight = 38;
/** Room for the discs of q and p at a box's left. */
export const discRoom = 24;
/** Radius of a disc for probability 1; its area is in proportion to the probability. */
export const discRadius = 8.5;

/** Radius of a probability's disc. */
export function radiusOf(probability: number): number {
  return discRadius * Math.sqrt(Math.max(0, Math.min(1, probability)));
}

/** A label that fits a node's box, cut with an ellipsis. */
export function shortLabel(label: string): string {
  const characters = Array.from(label);
  return characters.length <= longest ? label : `${characters.slice(0, longest - 1).join('')}…`;
}

/** Width of a node's box in pixels, from the number of characters of its two lines and the mark at its right. */
export function nodeWidth(node: TreeNode): number {
  const label = Array.from(shortLabel(node.label)).length * charWidth + 18;
  const detail = Array.from(node.detail).length * detailCharWidth;
  const discs = node.q === null && node.p === null ? 0 : discRoom;
  return Math.ceil(Math.max(label, detail, 46) + 18 + discs);
}
