import { type RefObject, useMemo } from 'react';
import type { SampleRow } from '#shared/contract/calls.ts';
import { DataTable } from '../../ui/data-table.tsx';
import { columnHelper } from '../../ui/table-features.ts';
import styles from './sample-table.module.css';
import { Thumbnail } from './thumbnail.tsx';

interface SampleTableProps {
  readonly dataSetId: string;
  readonly rows: readonly SampleRow[];
  readonly sort: string | undefined;
  readonly desc: boolean;
  readonly onSort: (sort: string | undefined, desc: boolean) => void;
  readonly cursor: string | undefined;
  readonly onCursor: (sampleId: string) => void;
  readonly onOpen: (sampleId: string) => void;
  readonly focusRef: RefObject<HTMLTableElement | null>;
}

const helper = columnHelper<SampleRow>();

function makeColumns(dataSetId: string) {
  return helper.columns([
    helper.display({
      id: 'image',
      header: '',
      meta: { width: '56px' },
      cell: ({ row }) => (
        <span className={styles.image}>
          <Thumbnail dataSetId={dataSetId} sampleId={row.original.sample.id} />
        </span>
      ),
    }),
    helper.accessor((row) => row.sample.id, {
      id: 'id',
      header: 'Sample',
      meta: { width: 'minmax(120px, 190px)' },
      sortFn: 'alphanumeric',
      cell: ({ row }) => <span className={styles.id}>{row.original.sample.id}</span>,
    }),
    helper.accessor((row) => row.sample.turns[0] ?? '', {
      id: 'question',
      header: 'Question',
      meta: { width: 'minmax(240px, 1fr)' },
      sortFn: 'text',
      cell: ({ row }) => (
        <span title={row.original.sample.turns.join('\n')}>{row.original.sample.turns[0]}</span>
      ),
    }),
    helper.accessor((row) => row.sample.topic, {
      id: 'topic',
      header: 'Topic',
      meta: { width: '170px' },
      sortFn: 'text',
    }),
    helper.accessor((row) => row.sample.category, {
      id: 'category',
      header: 'Category',
      meta: { width: '150px' },
      sortFn: 'text',
    }),
    helper.accessor((row) => row.sample.turns.length, {
      id: 'turns',
      header: 'Turns',
      meta: { width: '76px', align: 'end' },
    }),
    helper.accessor('runs', {
      header: 'Runs',
      meta: { width: '76px', align: 'end' },
      cell: ({ row }) =>
        row.original.runs === 0 ? <span className={styles.zero}>0</span> : row.original.runs,
    }),
  ]);
}

export function SampleTable(props: SampleTableProps) {
  const { dataSetId, rows, sort, desc, onSort, cursor, onCursor, onOpen, focusRef } = props;
  const columns = useMemo(() => makeColumns(dataSetId), [dataSetId]);
  const sorting = useMemo(() => (sort === undefined ? [] : [{ id: sort, desc }]), [sort, desc]);
  return (
    <DataTable
      label="Samples"
      columns={columns}
      rows={rows}
      rowId={(row) => row.sample.id}
      rowHeight={40}
      sorting={sorting}
      onSortingChange={([first]) => onSort(first?.id, first?.desc ?? false)}
      cursor={cursor}
      onCursor={onCursor}
      onOpen={onOpen}
      focusRef={focusRef}
    />
  );
}
