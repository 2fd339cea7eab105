/** How a node is drawn; words and numbers come ready from the caller. */
export interface TreeNode {
  readonly label: string;
  /** second line, e.g. "q .62 → p .93" */
  readonly detail: string;
  /** the whole reason, for the tooltip and assistive technology */
  readonly reason: string;
  readonly look: NodeLook;
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

/** A label that fits a node's box, cut with an ellipsis. */
export function shortLabel(label: string): string {
  const characters = Array.from(label);
  return characters.length <= longest ? label : `${characters.slice(0, longest - 1).join('')}…`;
}

/** Width of a node's box in pixels, from the number of characters of its two lines and the mark at its right. */
export function nodeWidth(node: TreeNode): number {
  const label = Array.from(shortLabel(node.label)).length * charWidth + 18;
  const detail = Array.from(node.detail).length * detailCharWidth;
  return Math.ceil(Math.max(label, detail, 46) + 18);
}
