import type { ReactNode } from 'react';
import type { SampleRow } from '#shared/contract/calls.ts';
import type { EngineStatus } from '#shared/contract/status.ts';
import { imageUrl } from '#shared/contract/transport.ts';
import { captureLabel } from '#shared/domain/capture.ts';
import { gateLabel, gateProblem } from '#shared/domain/gate.ts';
import { draftFileOf } from '#shared/domain/method.ts';
import type { ModelFile, ModelSet } from '#shared/domain/model.ts';
import type { DataSet } from '#shared/domain/sample.ts';
import { Field } from '../../../ui/field.tsx';
import { NumberField } from '../../../ui/number-field.tsx';
import { probability } from '../words/numbers.ts';
import { CaptureSetting } from './capture-setting.tsx';
import { EngineForm } from './engine-form.tsx';
import { GateForm } from './gate-form.tsx';
import { shortEngine, shortMethod, shortSampling } from './labels.ts';
import { MethodForm } from './method-form.tsx';
import { ModelsForm } from './models-form.tsx';
import { SamplePicker } from './sample-picker.tsx';
import { SamplingForm } from './sampling-form.tsx';
import { type Settings, setOf, withMethod } from './settings.ts';
import css from './setup.module.css';
import { SetupField } from './setup-field.tsx';

interface Props {
  readonly settings: Settings;
  readonly onChange: (patch: Partial<Settings>) => void;
  readonly files: readonly ModelFile[];
  readonly sets: readonly ModelSet[];
  readonly status: EngineStatus | undefined;
  readonly dataSets: readonly DataSet[];
  readonly dataSetId: string | undefined;
  readonly samples: readonly SampleRow[];
  readonly sampleId: string | undefined;
  readonly onDataSet: (id: string) => void;
  readonly onSample: (id: string) => void;
  /** a run is going on: nothing can be edited */
  readonly locked: boolean;
  /** the run's buttons */
  readonly controls: ReactNode;
  /** samples and models are being read, so nothing is missing yet */
  readonly loading: boolean;
}

/** All settings of the next run in one line, each with its controls in a popover, and the run's buttons. */
export function SetupBar(props: Props) {
  const { settings: s, onChange, files, sets, locked, loading } = props;
  const set = setOf(s, sets);
  const target = files.find((file) => file.id === s.target);
  return (
    <div className={css.bar} role="toolbar" aria-label="Set-up of the next run">
      <div className={css.fields}>
        <SamplePicker {...props} disabled={locked} />
        <SetupField
          label="Models"
          value={set?.name ?? target?.name ?? (loading ? '…' : 'choose…')}
          bad={!loading && (s.target === null || (draftFileOf(s.method) !== null && s.draft === null))}
          disabled={locked}
        >
          <ModelsForm settings={s} files={files} sets={sets} onChange={onChange} />
        </SetupField>
        <SetupField label="Method" value={shortMethod(s.method)} disabled={locked}>
          <MethodForm method={s.method} onChange={(method) => onChange(withMethod(s, method, files, sets))} />
        </SetupField>
        <SetupField
          label="Gate"
          value={gateLabel(s.gate, probability)}
          bad={gateProblem(s) !== null}
          disabled={locked}
        >
          <GateForm gate={s.gate} layers={target?.layers ?? null} onChange={(gate) => onChange({ gate })} />
        </SetupField>
        <SetupField label="Sampling" value={shortSampling(s.sampling)} disabled={locked}>
          <SamplingForm sampling={s.sampling} onChange={(sampling) => onChange({ sampling })} />
        </SetupField>
        <SetupField
          label="Prompt"
          value={`${s.maxTokens} tokens${s.systemPrompt === null ? '' : ', system'}`}
          disabled={locked}
        >
          <Field label="Most tokens per turn">
            <NumberField
              label="Most tokens per turn"
              value={s.maxTokens}
              min={1}
              max={65_536}
              width="110px"
              onChange={(maxTokens) => onChange({ maxTokens })}
            />
          </Field>
          <Field label="System prompt">
            <textarea
              className={css.prompt}
              aria-label="System prompt"
              rows={4}
              placeholder="None: the model's own"
              value={s.systemPrompt ?? ''}
              onChange={(event) =>
                onChange({ systemPrompt: event.target.value === '' ? null : event.target.value })
              }
            />
          </Field>
        </SetupField>
        <SetupField label="Capture" value={captureLabel(s.capture)} disabled={locked}>
          <CaptureSetting
            capture={s.capture}
            target={target}
            projector={files.find((file) => file.id === s.projector)}
            picture={
              props.dataSetId === undefined || props.sampleId === undefined
                ? null
                : imageUrl(props.dataSetId, props.sampleId, false)
            }
            onChange={(capture) => onChange({ capture })}
          />
        </SetupField>
        <SetupField label="Engine" value={shortEngine(s.engine)} disabled={locked}>
          <EngineForm engine={s.engine} status={props.status} onChange={(engine) => onChange({ engine })} />
        </SetupField>
      </div>
      {props.controls}
    </div>
  );
}
