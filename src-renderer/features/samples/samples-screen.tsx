import { useNavigate } from '@tanstack/react-router';
import { Images } from 'lucide-react';
import { useMemo, useRef } from 'react';
import type { DataSet } from '#shared/domain/sample.ts';
import { useActions } from '../../actions/use-actions.ts';
import { useDataSets, useSamples } from '../../api/queries.ts';
import { useCursor } from '../../app/use-cursor.ts';
import { useSamplesSearch } from '../../app/use-search-params.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState, ErrorState, LoadingState } from '../../ui/state.tsx';
import { useInitialFocus } from '../../ui/use-initial-focus.ts';
import { filterSamples, topicCounts } from './filter.ts';
import { SampleGrid } from './sample-grid.tsx';
import { SampleTable } from './sample-table.tsx';
import styles from './samples-screen.module.css';
import { SamplesToolbar } from './samples-toolbar.tsx';
import { TopicChips } from './topic-chips.tsx';

/** Samples of a data set as pictures or as a table; what is filtered and under the cursor is in the address. */
export function SamplesScreen() {
  const [search] = useSamplesSearch();
  const dataSets = useDataSets();
  if (dataSets.isPending) return <LoadingState label="Reading the data sets" />;
  if (dataSets.isError) {
    return (
      <ErrorState
        title="The data sets could not be listed"
        error={dataSets.error}
        onRetry={() => void dataSets.refetch()}
      />
    );
  }
  const dataSet = dataSets.data.find(({ id }) => id === search.dataSet) ?? dataSets.data[0];
  return <DataSetSamples dataSet={dataSet} dataSets={dataSets.data} />;
}

interface DataSetSamplesProps {
  /** undefined: there is none at all */
  readonly dataSet: DataSet | undefined;
  readonly dataSets: readonly DataSet[];
}

function DataSetSamples({ dataSet, dataSets }: DataSetSamplesProps) {
  const [search, change] = useSamplesSearch();
  const navigate = useNavigate();
  const samples = useSamples(dataSet?.id);
  const [cursor, setCursor] = useCursor(search.sample, (sample) => change({ sample }));
  const searchField = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLTableElement & HTMLDivElement>(null);
  useInitialFocus(list);
  const view = search.view ?? 'grid';
  const { topic, q } = search;
  const all = samples.data;
  const rows = useMemo(() => filterSamples(all ?? [], { topic, q }), [all, topic, q]);
  const topics = useMemo(() => topicCounts(all ?? [], q), [all, q]);

  const open = (sample: string) => {
    if (dataSet !== undefined) void navigate({ to: '/inspect', search: { dataSet: dataSet.id, sample } });
  };
  useActions([
    {
      id: 'samples.search',
      label: 'Search',
      group: 'Samples',
      keys: ['/'],
      run: () => searchField.current?.select(),
    },
    {
      id: 'samples.view',
      label: 'Pictures or table',
      group: 'Samples',
      keys: ['v'],
      run: () => change({ view: view === 'grid' ? 'table' : 'grid' }),
    },
    {
      id: 'samples.list',
      label: 'Move through the list',
      group: 'Samples',
      keys: ['ArrowUp', 'ArrowDown'],
      run: () => list.current?.focus(),
    },
    {
      id: 'samples.open',
      label: 'Open in Inspect',
      group: 'Samples',
      keys: ['Enter'],
      when: () => cursor !== undefined && rows.some(({ sample }) => sample.id === cursor),
      run: () => cursor !== undefined && open(cursor),
    },
  ]);

  return (
    <div className={styles.screen}>
      <SamplesToolbar
        dataSet={dataSet}
        dataSets={dataSets}
        shown={samples.isSuccess ? rows.length : null}
        view={view}
        q={q ?? ''}
        searchField={searchField}
        onSearchDone={() => list.current?.focus()}
        onChange={change}
      />
      {dataSet === undefined ? (
        <EmptyState icon={<Images />} title="No data set">
          Add a folder in MMSpec's format with the menu above: mmspec.jsonl beside a folder “images”.
        </EmptyState>
      ) : samples.isError ? (
        <ErrorState
          title={`The samples of ${dataSet.name} could not be read`}
          error={samples.error}
          onRetry={() => void samples.refetch()}
        />
      ) : samples.isPending ? (
        <LoadingState label="Reading the samples" />
      ) : (
        <>
          <TopicChips topics={topics} topic={topic} onChange={(next) => change({ topic: next })} />
          <div className={styles.list}>
            {samples.data.length === 0 ? (
              <EmptyState icon={<Images />} title={`${dataSet.name} has no usable sample`}>
                {dataSet.problems.length === 0
                  ? 'Its mmspec.jsonl is empty.'
                  : 'Every line of its mmspec.jsonl has a problem: open the list of problems above.'}
              </EmptyState>
            ) : rows.length === 0 ? (
              <EmptyState
                icon={<Images />}
                title="No sample matches"
                action={
                  <Button onClick={() => change({ q: undefined, topic: undefined })}>Clear filters</Button>
                }
              />
            ) : view === 'grid' ? (
              <SampleGrid
                dataSetId={dataSet.id}
                rows={rows}
                cursor={cursor}
                onCursor={setCursor}
                onOpen={open}
                focusRef={list}
              />
            ) : (
              <SampleTable
                dataSetId={dataSet.id}
                rows={rows}
                sort={search.sort}
                desc={search.desc ?? false}
                onSort={(sort, desc) => change({ sort, desc: desc || undefined })}
                cursor={cursor}
                onCursor={setCursor}
                onOpen={open}
                focusRef={list}
              />
            )}
          </div>
        </>
      )}
    </div>
  );
}
