import type { GateSpec } from '#shared/domain/gate.ts';
import { Field } from '../../../ui/field.tsx';
import { Segmented } from '../../../ui/segmented.tsx';
import { Slider } from '../../../ui/slider.tsx';
import { probability } from '../words/numbers.ts';
import css from './setup.module.css';

const modes = [
  { value: 'off', label: 'Off' },
  { value: 'paper', label: 'ViSkip' },
  { value: 'probe', label: 'Probe' },
] as const;

const about: Readonly<Record<GateSpec['mode'], string>> = {
  off: 'Every round drafts.',
  paper:
    'Before drafting, a visual score r at or above the threshold forbids it: the token is decoded plainly.',
  probe: 'r is recorded and compared with the threshold, but never acted on.',
};

/** ViSkip's mode and threshold. */
export function GateForm({
  gate,
  onChange,
}: {
  readonly gate: GateSpec;
  readonly onChange: (gate: GateSpec) => void;
}) {
  return (
    <>
      <Segmented
        label="Gate"
        value={gate.mode}
        options={modes}
        onChange={(mode) => onChange({ ...gate, mode })}
      />
      <p className={css.hint}>{about[gate.mode]}</p>
      {gate.mode !== 'off' && (
        <Field label="Threshold of r">
          <Slider
            label="Threshold of r"
            value={gate.threshold}
            min={0}
            max={1}
            step={0.01}
            format={probability}
            onChange={(threshold) => onChange({ ...gate, threshold })}
          />
        </Field>
      )}
    </>
  );
}
