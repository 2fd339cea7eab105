import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type RefObject, useEffect, useId, useRef } from 'react';
import type { SampleRow } from '#shared/contract/calls.ts';
import { moveInList } from '../../ui/list-keys.ts';
import { useWidth } from '../../ui/use-width.ts';
import { SampleCard } from './sample-card.tsx';
import styles from './sample-grid.module.css';

interface SampleGridProps {
  readonly dataSetId: string;
  readonly rows: readonly SampleRow[];
  readonly cursor: string | undefined;
  readonly onCursor: (sampleId: string) => void;
  readonly onOpen: (sampleId: string) => void;
  readonly focusRef: RefObject<HTMLDivElement | null>;
}

/** Pixels. */
const minCardWidth = 176;
const cardHeight = 230;
const gap = 10;
const margin = 12;

/** Cards in as many equal columns as fit; only the rows in sight are in the document. */
export function SampleGrid({ dataSetId, rows, cursor, onCursor, onOpen, focusRef }: SampleGridProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const width = useWidth(scroller);
  const columns = Math.max(1, Math.floor((width - 2 * margin + gap) / (minCardWidth + gap)));
  const cursorIndex = rows.findIndex(({ sample }) => sample.id === cursor);
  const htmlId = useId();
  const virtualizer = useVirtualizer({
    count: width === 0 ? 0 : Math.ceil(rows.length / columns),
    getScrollElement: () => scroller.current,
    estimateSize: () => cardHeight,
    gap,
    paddingStart: margin,
    paddingEnd: margin,
    scrollPaddingStart: margin,
    scrollPaddingEnd: margin,
    overscan: 3,
  });

  const shown = useRef<string | undefined>(undefined);
  useEffect(() => {
    if (cursorIndex < 0 || width === 0 || cursor === shown.current) return;
    shown.current = cursor;
    virtualizer.scrollToIndex(Math.floor(cursorIndex / columns), { align: 'auto' });
  });

  function onKeyDown(event: KeyboardEvent): void {
    const page = Math.floor((scroller.current?.clientHeight ?? 0) / (cardHeight + gap));
    const index = moveInList(event.key, cursorIndex, { count: rows.length, columns, page });
    const target = index === null ? undefined : rows[index];
    if (target !== undefined) onCursor(target.sample.id);
    else if (event.key === 'Enter' && cursorIndex >= 0 && cursor !== undefined) onOpen(cursor);
    else return;
    event.preventDefault();
  }

  return (
    <div ref={scroller} className={styles.scroller}>
      <div
        ref={focusRef}
        role="listbox"
        aria-label="Samples"
        data-shortcuts
        tabIndex={0}
        aria-activedescendant={cursorIndex >= 0 ? `${htmlId}${cursor}` : undefined}
        className={styles.grid}
        style={{ height: virtualizer.getTotalSize() }}
        onKeyDown={onKeyDown}
      >
        {virtualizer.getVirtualItems().flatMap((item) =>
          rows.slice(item.index * columns, (item.index + 1) * columns).map((row, column) => (
            <SampleCard
              key={row.sample.id}
              id={`${htmlId}${row.sample.id}`}
              dataSetId={dataSetId}
              row={row}
              current={row.sample.id === cursor}
              position={{ index: item.index * columns + column, count: rows.length }}
              style={{
                top: item.start,
                left: `calc(${margin}px + (100% - ${2 * margin - gap}px) * ${column / columns})`,
                width: `calc((100% - ${2 * margin + gap * (columns - 1)}px) / ${columns})`,
                height: cardHeight,
              }}
              onCursor={onCursor}
              onOpen={onOpen}
            />
          )),
        )}
      </div>
    </div>
  );
}
