import { LayoutGrid, Table2 } from 'lucide-react';
import type { RefObject } from 'react';
import type { DataSet } from '#shared/domain/sample.ts';
import type { SamplesSearch, SampleView } from '../../app/search-params.ts';
import { formatCount, plural } from '../../ui/format.ts';
import { Segmented, type SegmentedOption } from '../../ui/segmented.tsx';
import { SearchField } from '../../ui/text-field.tsx';
import { Toolbar, ToolbarNote, ToolbarSpace } from '../../ui/toolbar.tsx';
import { DataSetControls } from './data-set-controls.tsx';
import styles from './samples-toolbar.module.css';

const views: readonly SegmentedOption<SampleView>[] = [
  { value: 'grid', label: 'Pictures', icon: <LayoutGrid /> },
  { value: 'table', label: 'Table', icon: <Table2 /> },
];

interface SamplesToolbarProps {
  readonly dataSet: DataSet | undefined;
  readonly dataSets: readonly DataSet[];
  /** number of samples that pass the filters; null: not known yet */
  readonly shown: number | null;
  readonly view: SampleView;
  readonly q: string;
  readonly searchField: RefObject<HTMLInputElement | null>;
  /** Enter or arrow down in the search field */
  readonly onSearchDone: () => void;
  readonly onChange: (patch: SamplesSearch) => void;
}

export function SamplesToolbar(props: SamplesToolbarProps) {
  const { dataSet, dataSets, shown, view, q, searchField, onSearchDone, onChange } = props;
  return (
    <Toolbar title="Samples">
      <DataSetControls
        dataSet={dataSet}
        dataSets={dataSets}
        onChoose={(id) => onChange({ dataSet: id, topic: undefined, sample: undefined })}
      />
      {shown !== null && dataSet !== undefined && (
        <ToolbarNote>
          {shown === dataSet.samples
            ? plural(shown, 'sample')
            : `${formatCount(shown)} of ${plural(dataSet.samples, 'sample')}`}
        </ToolbarNote>
      )}
      <ToolbarSpace />
      <SearchField
        ref={searchField}
        label="Search samples"
        placeholder="Search id, question, category"
        value={q}
        className={styles.search}
        onChange={(text) => onChange({ q: text === '' ? undefined : text })}
        onDone={onSearchDone}
      />
      <Segmented label="View" value={view} options={views} onChange={(next) => onChange({ view: next })} />
    </Toolbar>
  );
}
