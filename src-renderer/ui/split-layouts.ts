import { createContext } from 'react';

/** Where the sizes of panes come from and go to, beside being remembered: a screen may keep them in its address. */
export interface SplitLayouts {
  /** sizes by pane for a group with exactly these panes; undefined: none are given */
  readonly of: (group: string, panes: readonly string[]) => Readonly<Record<string, number>> | undefined;
  /** told when the user has moved a border */
  readonly keep: (group: string, layout: Readonly<Record<string, number>>) => void;
}

/** Null: sizes are remembered only. */
export const SplitLayoutsContext = createContext<SplitLayouts | null>(null);
