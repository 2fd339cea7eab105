import type { NodeLook } from './nodes.ts';

/** Design tokens that the tree draws with. */
export const treeColours = [
  'surface',
  'surface-2',
  'surface-3',
  'border',
  'border-strong',
  'text',
  'text-2',
  'text-3',
  'accent',
  'danger',
  'origin-accepted',
  'origin-accepted-bg',
  'origin-accepted-mark',
  'origin-correction',
  'origin-correction-bg',
  'origin-correction-mark',
  'origin-bonus',
  'origin-bonus-bg',
  'origin-bonus-mark',
  'origin-plain-bg',
  'origin-plain-mark',
  'origin-forced',
  'origin-forced-bg',
  'origin-forced-mark',
] as const;
export type TreeColour = (typeof treeColours)[number];
export type TreeColours = Readonly<Record<TreeColour, string>>;

/** A line: its colour, width in units of the layout, and dashes. */
export interface LineStyle {
  readonly colour: TreeColour;
  readonly width: number;
  readonly dash: readonly number[];
}

/** How nodes of one look are drawn. */
export interface LookStyle {
  readonly fill: TreeColour;
  readonly frame: LineStyle;
  readonly label: TreeColour;
  readonly detail: TreeColour;
  /** the label is struck through */
  readonly struck: boolean;
  /** strokes of the mark at the upper right corner in a 10 x 10 box: what became of the node without any colour */
  readonly mark: string | null;
  readonly markLine: LineStyle;
}

const line = (colour: TreeColour, width = 1.25, dash: readonly number[] = []): LineStyle => ({
  colour,
  width,
  dash,
});

const usual: LookStyle = {
  fill: 'surface',
  frame: line('border-strong'),
  label: 'text',
  detail: 'text-2',
  struck: false,
  mark: null,
  markLine: line('text-3', 1.6),
};

const faint: LookStyle = { ...usual, fill: 'surface-2', label: 'text-3', detail: 'text-3' };

export const looks: Readonly<Record<NodeLook, LookStyle>> = {
  root: { ...usual, fill: 'surface-3' },
  accepted: {
    ...usual,
    fill: 'origin-accepted-bg',
    frame: line('origin-accepted-mark', 2),
    mark: 'M1.5,5.5L4,8L8.5,2.5',
    markLine: line('origin-accepted', 1.6),
  },
  refused: {
    ...usual,
    frame: line('danger'),
    struck: true,
    mark: 'M2,2L8,8M8,2L2,8',
    markLine: line('danger', 1.6),
  },
  unreached: { ...faint, frame: line('border-strong', 1.25, [4, 3]), mark: 'M2,5H8' },
  ended: { ...faint, frame: line('border-strong', 1.25, [4, 3]), mark: 'M2,5H7M7.5,1.5V8.5' },
  cut: { ...faint, frame: line('border-strong', 1.25, [1.5, 3]), mark: 'M1,5H2.6M4.2,5H5.8M7.4,5H9' },
  correction: {
    ...usual,
    fill: 'origin-correction-bg',
    frame: line('origin-correction-mark', 2),
    mark: 'M5,1.5V8.5M1.5,5H8.5',
    markLine: line('origin-correction', 1.6),
  },
  bonus: {
    ...usual,
    fill: 'origin-bonus-bg',
    frame: line('origin-bonus-mark', 2),
    mark: 'M5,1V9M1,5H9M2.2,2.2L7.8,7.8M7.8,2.2L2.2,7.8',
    markLine: line('origin-bonus', 1.2),
  },
  plain: {
    ...usual,
    fill: 'origin-plain-bg',
    frame: line('origin-plain-mark'),
    mark: 'M5,4.5V5.5M4.5,5H5.5',
  },
  forced: {
    ...usual,
    fill: 'origin-forced-bg',
    frame: line('origin-forced-mark', 2),
    mark: 'M1.5,3H8.5M1.5,7H8.5',
    markLine: line('origin-forced', 1.6),
  },
};

export const selectedFrame = line('accent', 3);
export const hoveredFrame = line('text-2', 1.25);

/** The line to a node on the accepted path, to the target's own token, and to any other node. */
export const acceptedLink = line('origin-accepted-mark', 3);
export const ownLink = line('text-2', 1.5, [2, 3]);
export const linkTo = (look: NodeLook): LineStyle =>
  line('border-strong', 1.25, look === 'unreached' || look === 'cut' || look === 'ended' ? [4, 3] : []);
