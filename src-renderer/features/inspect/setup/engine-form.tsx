import type { EngineStatus } from '#shared/contract/status.ts';
import type { EngineOptions } from '#shared/domain/run.ts';
import { Field } from '../../../ui/field.tsx';
import { plural } from '../../../ui/format.ts';
import { Segmented } from '../../../ui/segmented.tsx';
import { Select } from '../../../ui/select.tsx';
import { OptionalNumber } from './optional-number.tsx';
import css from './setup.module.css';

const gpus = [
  { value: 'auto', label: 'Auto' },
  { value: 'cpu', label: 'CPU' },
  { value: 'cuda', label: 'CUDA' },
  { value: 'vulkan', label: 'Vulkan' },
  { value: 'metal', label: 'Metal' },
] as const;

const kvTypes = [
  { value: 'auto', label: 'Auto' },
  { value: 'f32', label: 'F32' },
  { value: 'f16', label: 'F16' },
] as const;

/** Value of "auto" in the list of devices; no device is called like this. */
const anyDevice = ':auto';

interface Props {
  readonly engine: EngineOptions;
  readonly status: EngineStatus | undefined;
  readonly onChange: (engine: EngineOptions) => void;
}

/** Where the models run. What is left to the engine shows what it chose for the models that are loaded now. */
export function EngineForm({ engine, status, onChange }: Props) {
  const chosen = status?.loaded ?? null;
  const devices = (status?.devices ?? []).filter((d) => d.type !== 'cpu');
  return (
    <>
      <Field label="Backend">
        <Segmented
          label="Backend"
          value={engine.gpu}
          options={gpus}
          onChange={(gpu) => onChange({ ...engine, gpu })}
        />
      </Field>
      {devices.length > 0 && (
        <Field label="Device">
          <Select
            label="Device"
            value={engine.device ?? anyDevice}
            options={[
              { value: anyDevice, label: 'Auto' },
              ...devices.map((d) => ({ value: d.name, label: d.name, detail: d.description })),
            ]}
            onChange={(device) => onChange({ ...engine, device: device === anyDevice ? null : device })}
          />
        </Field>
      )}
      <div className={css.row}>
        <OptionalNumber
          label="GPU layers"
          value={engine.gpuLayers}
          initial={-1}
          min={-1}
          max={1000}
          onChange={(gpuLayers) => onChange({ ...engine, gpuLayers })}
        />
        <OptionalNumber
          label="Threads"
          value={engine.threads}
          initial={chosen?.threads ?? 4}
          min={1}
          max={256}
          onChange={(threads) => onChange({ ...engine, threads })}
        />
        <OptionalNumber
          label="Context"
          value={engine.contextSize}
          initial={chosen?.contextSize ?? 4096}
          min={256}
          max={1_048_576}
          step={256}
          onChange={(contextSize) => onChange({ ...engine, contextSize })}
        />
      </div>
      <Field label="KV cache">
        <Segmented
          label="KV cache"
          value={engine.kvType}
          options={kvTypes}
          onChange={(kvType) => onChange({ ...engine, kvType })}
        />
      </Field>
      <p className={css.hint}>
        {chosen === null
          ? 'GPU layers -1 are all. Auto is decided when the models are loaded, shown here then, and stored with the run.'
          : `Loaded now: ${chosen.device}, ${chosen.variant}, ${chosen.gpuLayers} layers on the GPU, ${plural(chosen.threads, 'thread')}, context ${chosen.contextSize}, KV ${chosen.kvType.toUpperCase()}.`}
      </p>
    </>
  );
}
