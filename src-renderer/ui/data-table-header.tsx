import { FlexRender, type Header, type RowData, type SortDirection } from '@tanstack/react-table';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { cx } from './cx.ts';
import styles from './data-table.module.css';
import type { features } from './table-features.ts';

const ariaSort = { asc: 'ascending', desc: 'descending' } as const;

interface HeaderCellProps<T extends RowData> {
  readonly header: Header<typeof features, T, unknown>;
  readonly sorted: false | SortDirection;
}

/** Column title; sorts when pressed. The arrow's place is kept free, so that nothing moves. */
export function HeaderCell<T extends RowData>({ header, sorted }: HeaderCellProps<T>) {
  const end = header.column.columnDef.meta?.align === 'end';
  if (!header.column.getCanSort()) {
    return (
      <th scope="col" className={cx(styles.headCell, end && styles.end)}>
        <FlexRender header={header} />
      </th>
    );
  }
  return (
    <th
      scope="col"
      aria-sort={sorted === false ? 'none' : ariaSort[sorted]}
      className={cx(styles.headCell, end && styles.end)}
    >
      <button
        type="button"
        tabIndex={-1}
        className={styles.sort}
        data-sorted={sorted}
        onClick={(event) => header.column.getToggleSortingHandler()?.(event)}
      >
        <FlexRender header={header} />
        <span className={styles.arrow} aria-hidden="true">
          {sorted === 'asc' && <ArrowUp />}
          {sorted === 'desc' && <ArrowDown />}
        </span>
      </button>
    </th>
  );
}
