import {
  defaultMethod,
  type MethodName,
  type MethodSpec,
  methodNames,
  methodSpecSchema,
} from '#shared/domain/method.ts';
import { Field } from '../../../ui/field.tsx';
import { NumberField } from '../../../ui/number-field.tsx';
import { Segmented } from '../../../ui/segmented.tsx';
import { Select } from '../../../ui/select.tsx';
import { Switch } from '../../../ui/switch.tsx';
import { methodTitles } from './labels.ts';
import { aboutMethod, numberParameters } from './method-parameters.ts';
import css from './setup.module.css';
import { ShapeForm } from './shape-form.tsx';

interface Props {
  readonly method: MethodSpec;
  readonly onChange: (method: MethodSpec) => void;
  /** methods to choose from; left out: all */
  readonly names?: readonly MethodName[];
}

const variantNames = [
  { value: 'paper', label: 'As published' },
  { value: 'mmspec', label: "As MMSpec's code" },
] as const;

/** Method and its parameters. */
export function MethodForm({ method, onChange, names = methodNames }: Props) {
  const { name } = method;
  const change = (patch: object) => onChange(methodSpecSchema.parse({ ...method, ...patch }));
  return (
    <>
      <Field label="Method">
        <Select
          label="Method"
          value={name}
          options={names.map((value) => ({ value, label: methodTitles[value] }))}
          onChange={(next) => onChange(next === name ? method : defaultMethod(next))}
        />
      </Field>
      <p className={css.hint}>{aboutMethod[name]}</p>
      {'variant' in method && (
        <Segmented
          label="Variant"
          value={method.variant}
          options={variantNames}
          onChange={(variant) => onChange(defaultMethod(name, variant))}
        />
      )}
      <div className={css.row}>
        {(numberParameters[name] ?? []).map(({ key, label, min, max }) => (
          <Field key={key} label={label}>
            <NumberField
              label={label}
              value={Number(Reflect.get(method, key))}
              min={min}
              max={max}
              onChange={(value) => change({ [key]: value })}
            />
          </Field>
        ))}
      </div>
      {name === 'lookahead' && (
        <Switch
          checked={method.shared}
          label="Keep what earlier runs answered"
          onChange={(shared) => change({ shared })}
        />
      )}
      {name === 'eagle2' && (
        <Switch
          checked={method.threshold !== null}
          label="Cut nodes below a probability, as MMSpec’s code"
          onChange={(cut) => change({ threshold: cut ? 0.3 : null })}
        />
      )}
      {name === 'eagle2' && method.threshold !== null && (
        <Field label="Least probability of a node">
          <NumberField
            label="Least probability of a node"
            value={method.threshold}
            min={0.01}
            max={0.99}
            step={0.05}
            onChange={(threshold) => change({ threshold })}
          />
        </Field>
      )}
      {'shape' in method && (
        <ShapeForm
          shape={method.shape}
          dynamic={name !== 'recycling'}
          onChange={(shape) => change({ shape })}
        />
      )}
    </>
  );
}
