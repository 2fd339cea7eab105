import { ChevronLeft, ChevronRight } from 'lucide-react';
import type { SampleRow } from '#shared/contract/calls.ts';
import { imageUrl } from '#shared/contract/transport.ts';
import type { DataSet } from '#shared/domain/sample.ts';
import { Field } from '../../../ui/field.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Select } from '../../../ui/select.tsx';
import css from './setup.module.css';
import { SetupField } from './setup-field.tsx';

interface Props {
  readonly dataSets: readonly DataSet[];
  readonly dataSetId: string | undefined;
  readonly samples: readonly SampleRow[];
  readonly sampleId: string | undefined;
  readonly disabled: boolean;
  readonly onDataSet: (id: string) => void;
  readonly onSample: (id: string) => void;
}

/** The sample a run is started on: a thumbnail, its neighbours in the data set, and a list of all. */
export function SamplePicker(props: Props) {
  const { dataSets, dataSetId, samples, sampleId, disabled, onDataSet, onSample } = props;
  const at = samples.findIndex((row) => row.sample.id === sampleId);
  const chosen = samples[at]?.sample;
  const step = (by: number) => samples[at + by]?.sample.id;
  const go = (by: number) => {
    const id = step(by);
    if (id !== undefined) onSample(id);
  };
  return (
    <div className={css.sample}>
      <IconButton
        label="Previous sample"
        size="s"
        disabled={disabled || step(-1) === undefined}
        onClick={() => go(-1)}
      >
        <ChevronLeft />
      </IconButton>
      {chosen !== undefined && dataSetId !== undefined && (
        <img className={css.thumb} src={imageUrl(dataSetId, chosen.id, true)} alt="" />
      )}
      <SetupField
        label="Sample"
        value={chosen?.id ?? 'choose…'}
        bad={chosen === undefined}
        disabled={disabled}
      >
        <Field label="Data set">
          <Select
            label="Data set"
            value={dataSetId ?? null}
            options={dataSets.map((set) => ({
              value: set.id,
              label: set.name,
              detail: `${set.samples} samples`,
            }))}
            onChange={onDataSet}
          />
        </Field>
        <Field label="Sample">
          <Select
            label="Sample"
            value={chosen?.id ?? null}
            options={samples.map(({ sample }) => ({
              value: sample.id,
              label: sample.id,
              detail: sample.turns[0] ?? '',
            }))}
            onChange={onSample}
          />
        </Field>
        {chosen !== undefined && (
          <p className={css.hint}>
            {chosen.topic}, {chosen.category}: {chosen.turns.join(' / ')}
          </p>
        )}
      </SetupField>
      <IconButton
        label="Next sample"
        size="s"
        disabled={disabled || step(1) === undefined}
        onClick={() => go(1)}
      >
        <ChevronRight />
      </IconButton>
    </div>
  );
}
