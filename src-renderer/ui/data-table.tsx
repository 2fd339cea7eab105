/**
 * A virtualised table with sorting, a cursor that follows the arrow keys, and optional selection of several rows.
 * Sorting, cursor and selection are owned by the screen, which keeps them in its address.
 */
import { type RowData, type SortingState, useTable } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type CSSProperties, type KeyboardEvent, type RefObject, useEffect, useId, useRef } from 'react';
import { Checkbox } from './checkbox.tsx';
import { cx } from './cx.ts';
import styles from './data-table.module.css';
import { HeaderCell } from './data-table-header.tsx';
import { moveInList } from './list-keys.ts';
import { selectRange, toggle } from './selection.ts';
import { type Columns, features } from './table-features.ts';

export interface TableSelection {
  readonly ids: ReadonlySet<string>;
  readonly onChange: (ids: ReadonlySet<string>) => void;
}

interface DataTableProps<T extends RowData> {
  /** name for assistive technology */
  readonly label: string;
  readonly columns: Columns<T>;
  readonly rows: readonly T[];
  readonly rowId: (row: T) => string;
  /** pixels */
  readonly rowHeight: number;
  readonly sorting: SortingState;
  readonly onSortingChange: (sorting: SortingState) => void;
  readonly cursor: string | undefined;
  readonly onCursor: (id: string) => void;
  /** Enter or double click */
  readonly onOpen: (id: string) => void;
  readonly selection?: TableSelection;
  /** the element that takes the focus when the screen opens, or from the search field */
  readonly focusRef?: RefObject<HTMLTableElement | null>;
}

/** Pixels; the same as `.head` and `.row` in the style sheet. */
const headerHeight = 30;
const rowPadding = 8;

/** The first length in a grid track, which is its least width: "minmax(120px, 1fr)" -> 120. */
const minWidth = (track: string) => Number(/(\d+)px/.exec(track)?.[1] ?? 0);

export function DataTable<T extends RowData>(props: DataTableProps<T>) {
  const { label, columns, rowId, rowHeight, sorting, cursor, onCursor, onOpen, selection, focusRef } = props;
  const table = useTable({
    features,
    columns,
    data: props.rows,
    getRowId: rowId,
    state: { sorting },
    enableMultiSort: false,
    onSortingChange: (next) => props.onSortingChange(typeof next === 'function' ? next(sorting) : next),
  });
  const rows = table.getRowModel().rows;
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: 8,
    scrollMargin: 0,
    // The header covers the top of the scroller.
    scrollPaddingEnd: headerHeight,
  });
  const htmlId = useId();
  const cursorIndex = cursor === undefined ? -1 : rows.findIndex((row) => row.id === cursor);
  /** where the cursor was last: when its row goes away, movement continues from there */
  const lastIndex = useRef(-1);
  useEffect(() => {
    if (cursorIndex >= 0) lastIndex.current = cursorIndex;
  }, [cursorIndex]);
  /** where a range starts */
  const anchor = useRef<string | undefined>(undefined);

  useScrollToCursor(cursor, cursorIndex, (index) => virtualizer.scrollToIndex(index, { align: 'auto' }));

  function select(id: string, extend: boolean): void {
    if (selection === undefined) return;
    if (extend) {
      anchor.current ??= cursor ?? id;
      const order = rows.map((row) => row.id);
      selection.onChange(selectRange(selection.ids, order, anchor.current, id));
    } else {
      anchor.current = id;
      selection.onChange(toggle(selection.ids, id));
    }
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.target !== event.currentTarget) return;
    const page = Math.floor(((scroller.current?.clientHeight ?? 0) - headerHeight) / rowHeight);
    const from = cursorIndex >= 0 ? cursorIndex : Math.max(-1, lastIndex.current - 1);
    const index = moveInList(event.key, from, { count: rows.length, columns: 1, page });
    const target = index === null ? undefined : rows[index];
    if (target !== undefined) {
      if (event.shiftKey) select(target.id, true);
      onCursor(target.id);
    } else if (event.key === 'Enter' && cursorIndex >= 0 && cursor !== undefined) onOpen(cursor);
    else if (event.key === ' ' && cursorIndex >= 0 && cursor !== undefined) select(cursor, event.shiftKey);
    else if (event.key === 'a' && (event.ctrlKey || event.metaKey)) {
      selection?.onChange(new Set(rows.map((row) => row.id)));
    } else return;
    event.preventDefault();
  }

  const tracks = table.getAllLeafColumns().map((column) => column.columnDef.meta?.width ?? '1fr');
  if (selection !== undefined) tracks.unshift('34px');
  const chosen = selection === undefined ? 0 : rows.filter((row) => selection.ids.has(row.id)).length;
  const look = {
    '--tracks': tracks.join(' '),
    '--row-height': `${rowHeight}px`,
    minWidth: tracks.reduce((sum, track) => sum + minWidth(track), 2 * rowPadding),
  } as CSSProperties;

  return (
    <div ref={scroller} className={styles.scroller}>
      <table
        ref={focusRef}
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a table whose rows are moved through by keys
        role="grid"
        tabIndex={0}
        aria-label={label}
        aria-rowcount={rows.length + 1}
        aria-multiselectable={selection !== undefined}
        aria-activedescendant={cursorIndex >= 0 ? `${htmlId}${cursor}` : undefined}
        className={styles.table}
        style={look}
        onKeyDown={onKeyDown}
      >
        <thead className={styles.headGroup}>
          <tr aria-rowindex={1} className={cx(styles.row, styles.head)}>
            {selection !== undefined && (
              <th scope="col" className={cx(styles.headCell, styles.check)}>
                <Checkbox
                  label="Select all"
                  checked={chosen > 0 && chosen === rows.length}
                  indeterminate={chosen > 0 && chosen < rows.length}
                  onChange={(all) => selection.onChange(new Set(all ? rows.map((row) => row.id) : []))}
                />
              </th>
            )}
            {table.getFlatHeaders().map((header) => (
              <HeaderCell key={header.id} header={header} sorted={header.column.getIsSorted()} />
            ))}
          </tr>
        </thead>
        <tbody className={styles.body} style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map((item) => {
            const row = rows[item.index];
            if (row === undefined) return null;
            const isChosen = selection?.ids.has(row.id) ?? false;
            return (
              <tr
                key={row.id}
                id={`${htmlId}${row.id}`}
                aria-rowindex={item.index + 2}
                aria-selected={selection === undefined ? row.id === cursor : isChosen}
                data-cursor={row.id === cursor}
                className={styles.row}
                style={{ transform: `translateY(${item.start}px)` }}
                onMouseDown={(event) => {
                  // A range is selected with Shift: the text in between is not.
                  if (event.shiftKey) event.preventDefault();
                }}
                onClick={(event) => {
                  if (event.shiftKey || event.ctrlKey || event.metaKey) select(row.id, event.shiftKey);
                  onCursor(row.id);
                }}
                onDoubleClick={() => onOpen(row.id)}
              >
                {selection !== undefined && (
                  <td
                    className={cx(styles.cell, styles.check)}
                    onClickCapture={(event) => {
                      event.stopPropagation();
                      select(row.id, event.shiftKey);
                      onCursor(row.id);
                    }}
                    onDoubleClick={(event) => event.stopPropagation()}
                  >
                    <Checkbox
                      label={`Select ${row.id}`}
                      checked={isChosen}
                      onChange={() => select(row.id, false)}
                    />
                  </td>
                )}
                {row.getAllCells().map((cell) => (
                  <td
                    key={cell.id}
                    className={cx(styles.cell, cell.column.columnDef.meta?.align === 'end' && styles.end)}
                  >
                    <table.FlexRender cell={cell} />
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** Brings the cursor into sight when it moves, not when rows change under it. */
function useScrollToCursor(
  cursor: string | undefined,
  index: number,
  scrollTo: (index: number) => void,
): void {
  const shown = useRef<string | undefined>(undefined);
  useEffect(() => {
    if (index < 0 || cursor === shown.current) return;
    shown.current = cursor;
    scrollTo(index);
  });
}
