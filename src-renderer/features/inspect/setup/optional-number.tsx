import { Field } from '../../../ui/field.tsx';
import { NumberField } from '../../../ui/number-field.tsx';
import { Switch } from '../../../ui/switch.tsx';
import css from './setup.module.css';

interface Props {
  readonly label: string;
  /** null: left to the engine */
  readonly value: number | null;
  /** value to begin with when it is taken from the engine */
  readonly initial: number;
  readonly min: number;
  readonly max: number;
  readonly step?: number;
  readonly onChange: (value: number | null) => void;
}

/** A number that can be left to the engine. */
export function OptionalNumber({ label, value, initial, min, max, step, onChange }: Props) {
  return (
    <div className={css.optional}>
      <Field label={label}>
        <NumberField
          label={label}
          value={value ?? initial}
          min={min}
          max={max}
          step={step}
          width="100%"
          disabled={value === null}
          onChange={onChange}
        />
      </Field>
      <Switch checked={value === null} label="auto" onChange={(auto) => onChange(auto ? null : initial)} />
    </div>
  );
}
