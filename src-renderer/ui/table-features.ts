import {
  createColumnHelper,
  createSortedRowModel,
  metaHelper,
  type RowData,
  rowSortingFeature,
  sortFn_alphanumeric,
  sortFn_text,
  type TableOptions,
  tableFeatures,
} from '@tanstack/react-table';

export interface ColumnLook {
  /** track in CSS grid terms: "64px", "minmax(120px, 1fr)" */
  readonly width: string;
  /** numbers stand right-aligned in tabular figures */
  readonly align?: 'start' | 'end';
}

/** What tables of the window can do: show columns and sort by them. Filtering happens before the table. */
export const features = tableFeatures({
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns: { alphanumeric: sortFn_alphanumeric, text: sortFn_text },
  columnMeta: metaHelper<ColumnLook>(),
});

export type Columns<T extends RowData> = TableOptions<typeof features, T>['columns'];

export const columnHelper = <T extends RowData>() => createColumnHelper<typeof features, T>();
