import { Fragment, type ReactNode, useContext, useEffect, useRef } from 'react';
import { Group, type Layout, Panel, Separator, useDefaultLayout, useGroupRef } from 'react-resizable-panels';
import { SplitLayoutsContext } from './split-layouts.ts';
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

/** Sizes that are as good as the same, percent. */
const sameSize = 0.2;

/**
 * Panes whose borders can be dragged, or moved with the arrow keys when focused. Sizes are remembered, and follow those that
 * the context gives.
 */
export function SplitPane({ id, direction, panes }: SplitPaneProps) {
  const layouts = useContext(SplitLayoutsContext);
  const ids = panes.map((pane) => pane.id);
  const set = ids.join(' ');
  const given = layouts?.of(id, ids);
  const group = useGroupRef();
  /** sizes while none were given, by the panes that were open */
  const own = useRef(new Map<string, Layout>());
  const remembered = useDefaultLayout({
    id: `specula.split.${id}`,
    panelIds: ids,
    storage: localStorage,
    onlySaveAfterUserInteractions: true,
  });
  useEffect(() => {
    const wanted = given ?? own.current.get(set);
    const now = group.current?.getLayout();
    if (wanted === undefined || now === undefined || Object.keys(now).length !== set.split(' ').length)
      return;
    const same = Object.entries(wanted).every(
      ([pane, size]) => Math.abs((now[pane] ?? 0) - size) <= sameSize,
    );
    if (!same) group.current?.setLayout(wanted);
  }, [given, set, group]);
  return (
    <Group
      orientation={direction}
      groupRef={group}
      defaultLayout={given ?? remembered.defaultLayout}
      onLayoutChanged={(layout, meta) => {
        remembered.onLayoutChanged(layout, meta);
        if (meta.isUserInteraction) layouts?.keep(id, meta.requestedLayout ?? layout);
        else if (given === undefined) own.current.set(Object.keys(layout).join(' '), layout);
      }}
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
