import { useNavigate } from '@tanstack/react-router';
import { ListTree } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import { isLive, type RunSummary } from '#shared/domain/run.ts';
import { useActions } from '../../actions/use-actions.ts';
import { useRuns } from '../../api/queries.ts';
import { useCursor } from '../../app/use-cursor.ts';
import { useRunsSearch } from '../../app/use-search-params.ts';
import { Button } from '../../ui/button.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { EmptyState, ErrorState, LoadingState } from '../../ui/state.tsx';
import { useInitialFocus } from '../../ui/use-initial-focus.ts';
import { runColumns } from './columns.tsx';
import { DeleteRunsDialog } from './delete-runs-dialog.tsx';
import { filterRuns, statusCounts } from './filter.ts';
import { RunDetails } from './run-details.tsx';
import { toRow } from './run-row.ts';
import styles from './runs-screen.module.css';
import { RunsToolbar } from './runs-toolbar.tsx';
import { StatusChips } from './status-chips.tsx';

/** All runs of the database, live. */
export function RunsScreen() {
  const runs = useRuns();
  if (runs.isPending) return <LoadingState label="Reading the runs" />;
  if (runs.isError) {
    return (
      <ErrorState
        title="The runs could not be listed"
        error={runs.error}
        onRetry={() => void runs.refetch()}
      />
    );
  }
  return <RunList runs={runs.data} />;
}

function RunList({ runs }: { readonly runs: readonly RunSummary[] }) {
  const [search, change] = useRunsSearch();
  const navigate = useNavigate();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [deleting, setDeleting] = useState(false);
  const [cursor, setCursor] = useCursor(search.run, (run) => change({ run }));
  const searchField = useRef<HTMLInputElement>(null);
  const table = useRef<HTMLTableElement>(null);
  useInitialFocus(table);

  const { q, status, sort, desc } = search;
  const all = useMemo(() => runs.map(toRow), [runs]);
  const rows = useMemo(() => filterRuns(all, { q, status }), [all, q, status]);
  const statuses = useMemo(() => statusCounts(all, q), [all, q]);
  const sorting = useMemo(
    () => [sort === undefined ? { id: 'when', desc: true } : { id: sort, desc: desc ?? false }],
    [sort, desc],
  );
  // What is selected but not in sight is not acted upon.
  const chosen = useMemo(
    () => rows.filter(({ run }) => selected.has(run.id)).map(({ run }) => run),
    [rows, selected],
  );
  const current = rows.find(({ run }) => run.id === cursor);
  const canOpen = current !== undefined && current.run.source.kind !== 'imported';
  const affected = chosen.length > 0 ? chosen : current === undefined ? [] : [current.run];
  const deletable = affected.some((run) => !isLive(run.status));

  function open(id: string): void {
    const run = runs.find((candidate) => candidate.id === id);
    // An imported run has no rounds to look at.
    if (run === undefined || run.source.kind === 'imported') return;
    const { dataSetId, sampleId } = run.spec;
    void navigate({ to: '/inspect', search: { dataSet: dataSetId, sample: sampleId, run: id } });
  }

  useActions([
    {
      id: 'runs.search',
      label: 'Search',
      group: 'Runs',
      keys: ['/'],
      run: () => searchField.current?.select(),
    },
    {
      id: 'runs.list',
      label: 'Move through the list',
      group: 'Runs',
      keys: ['ArrowUp', 'ArrowDown'],
      run: () => table.current?.focus(),
    },
    {
      id: 'runs.open',
      label: 'Open in Inspect',
      group: 'Runs',
      keys: ['Enter'],
      when: () => canOpen,
      run: () => current !== undefined && open(current.run.id),
    },
    {
      id: 'runs.delete',
      label: 'Delete the selected runs, or the one under the cursor',
      group: 'Runs',
      keys: ['Delete'],
      when: () => deletable,
      run: () => setDeleting(true),
    },
    {
      id: 'runs.unselect',
      label: 'Select none',
      group: 'Runs',
      keys: ['Escape'],
      when: () => selected.size > 0,
      run: () => setSelected(new Set()),
    },
  ]);

  if (runs.length === 0) {
    return (
      <EmptyState
        icon={<ListTree />}
        title="No runs yet"
        action={
          <Button variant="primary" onClick={() => void navigate({ to: '/samples' })}>
            Choose a sample
          </Button>
        }
      >
        Open a sample in Inspect and press Run: every round is kept here.
      </EmptyState>
    );
  }
  return (
    <div className={styles.screen}>
      <RunsToolbar
        total={runs.length}
        shown={rows.length}
        selected={chosen.length}
        q={q ?? ''}
        searchField={searchField}
        onSearch={(text) => change({ q: text })}
        onSearchDone={() => table.current?.focus()}
        onOpen={current === undefined || !canOpen ? undefined : () => open(current.run.id)}
        onDelete={deletable ? () => setDeleting(true) : undefined}
      />
      <StatusChips statuses={statuses} status={status} onChange={(next) => change({ status: next })} />
      <div className={styles.table}>
        {rows.length === 0 ? (
          <EmptyState
            icon={<ListTree />}
            title="No run matches"
            action={
              <Button onClick={() => change({ q: undefined, status: undefined })}>Clear filters</Button>
            }
          />
        ) : (
          <DataTable
            label="Runs"
            columns={runColumns}
            rows={rows}
            rowId={({ run }) => run.id}
            rowHeight={28}
            sorting={sorting}
            onSortingChange={([first]) => change({ sort: first?.id, desc: first?.desc || undefined })}
            cursor={cursor}
            onCursor={setCursor}
            onOpen={open}
            selection={{ ids: selected, onChange: setSelected }}
            focusRef={table}
          />
        )}
      </div>
      <RunDetails run={current?.run} />
      <DeleteRunsDialog
        runs={affected}
        open={deleting}
        onOpenChange={setDeleting}
        onDeleted={() => setSelected(new Set())}
      />
    </div>
  );
}
