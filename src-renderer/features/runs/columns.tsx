import { formatCount, formatDateTime, formatFixed, formatPercent, formatWhen } from '../../ui/format.ts';
import { columnHelper } from '../../ui/table-features.ts';
import styles from './columns.module.css';
import type { RunRow } from './run-row.ts';
import { StatusBadge } from './status-badge.tsx';

const helper = columnHelper<RunRow>();
const number = { align: 'end' } as const;
const last = { sortUndefined: 'last' } as const;

/** Columns of the table of runs. Definitions of the numbers: src-shared/metrics. */
export const runColumns = helper.columns([
  helper.accessor((row) => row.run.status, {
    id: 'status',
    header: 'Status',
    meta: { width: '94px' },
    sortFn: 'text',
    cell: ({ row }) => (
      <span title={row.original.run.reason ?? undefined}>
        <StatusBadge status={row.original.run.status} />
      </span>
    ),
  }),
  helper.accessor((row) => row.run.spec.sampleId, {
    id: 'sample',
    header: 'Sample',
    meta: { width: 'minmax(104px, 1fr)' },
    sortFn: 'alphanumeric',
    cell: ({ row }) => <span className={styles.mono}>{row.original.run.spec.sampleId}</span>,
  }),
  helper.accessor((row) => row.run.topic, {
    id: 'topic',
    header: 'Topic',
    meta: { width: 'minmax(122px, 1.2fr)' },
    sortFn: 'text',
    cell: ({ row }) => <span title={row.original.run.topic}>{row.original.run.topic}</span>,
  }),
  helper.accessor('method', {
    header: 'Method',
    meta: { width: 'minmax(216px, 1.2fr)' },
    sortFn: 'alphanumeric',
    cell: ({ row }) => <span className={styles.mono}>{row.original.method}</span>,
  }),
  helper.accessor('gate', {
    header: 'Gate',
    meta: { width: '86px' },
    sortFn: 'alphanumeric',
    cell: ({ row }) => <span data-quiet={row.original.gate === 'off'}>{row.original.gate}</span>,
  }),
  helper.accessor('mat', {
    header: () => <span title="Mean accepted tokens per target pass: new tokens / rounds">MAT</span>,
    meta: { width: '58px', ...number },
    ...last,
    cell: ({ row }) => formatFixed(row.original.mat ?? null, 2),
  }),
  helper.accessor('acceptance', {
    header: () => <span title="Accepted draft tokens / drafted tokens">Accept.</span>,
    meta: { width: '70px', ...number },
    ...last,
    cell: ({ row }) => formatPercent(row.original.acceptance ?? null),
  }),
  helper.accessor('rate', {
    header: () => <span title="New tokens per second of decoding, prompt work excluded">tok/s</span>,
    meta: { width: '62px', ...number },
    ...last,
    cell: ({ row }) => formatFixed(row.original.rate ?? null, 1),
  }),
  helper.accessor((row) => row.run.totals.rounds, {
    id: 'rounds',
    header: 'Rounds',
    meta: { width: '66px', ...number },
    cell: ({ row }) => formatCount(row.original.run.totals.rounds),
  }),
  helper.accessor((row) => row.run.totals.newTokens, {
    id: 'tokens',
    header: 'Tokens',
    meta: { width: '66px', ...number },
    cell: ({ row }) => formatCount(row.original.run.totals.newTokens),
  }),
  helper.accessor((row) => row.run.createdAt, {
    id: 'when',
    header: 'When',
    meta: { width: '104px', ...number },
    cell: ({ row }) => (
      <span title={formatDateTime(row.original.run.createdAt)}>
        {formatWhen(row.original.run.createdAt, Date.now())}
      </span>
    ),
  }),
  helper.accessor('device', {
    header: 'Device',
    meta: { width: 'minmax(74px, 1fr)' },
    sortFn: 'text',
    ...last,
    cell: ({ row }) => <span title={row.original.device}>{row.original.device ?? '–'}</span>,
  }),
]);
