import { Fragment, type ReactNode } from 'react';
import { Group, Panel, Separator, useDefaultLayout } from 'react-resizable-panels';
import styles from './split-pane.module.css';

export interface Pane {
  readonly id: string;
  readonly content: ReactNode;
  /** "30%" or pixels as a number; left out: an equal share */
  readonly defaultSize?: number | string;
  readonly minSize?: number | string;
  readonly maxSize?: number | string;
}

interface SplitPaneProps {
  /** the layout is remembered under this name */
  readonly id: string;
  /** "horizontal": side by side */
  readonly direction: 'horizontal' | 'vertical';
  readonly panes: readonly Pane[];
}

/** Panes whose borders can be dragged, or moved with the arrow keys when focused; sizes are remembered. */
export function SplitPane({ id, direction, panes }: SplitPaneProps) {
  const { defaultLayout, onLayoutChanged } = useDefaultLayout({
    id: `specula.split.${id}`,
    panelIds: panes.map((pane) => pane.id),
    storage: localStorage,
    onlySaveAfterUserInteractions: true,
  });
  return (
    <Group
      orientation={direction}
      defaultLayout={defaultLayout}
      onLayoutChanged={onLayoutChanged}
      className={styles.group}
    >
      {panes.map((pane, i) => (
        <Fragment key={pane.id}>
          {i > 0 && <Separator className={styles.separator} />}
          <Panel
            id={pane.id}
            defaultSize={pane.defaultSize}
            minSize={pane.minSize ?? 80}
            maxSize={pane.maxSize}
            className={styles.pane}
          >
            {pane.content}
          </Panel>
        </Fragment>
      ))}
    </Group>
  );
}
