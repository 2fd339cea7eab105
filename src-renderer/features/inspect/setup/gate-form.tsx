import { comparesScore, type GateMode, type GateSpec, readsScore } from '#shared/domain/gate.ts';
import { Field } from '../../../ui/field.tsx';
import { NumberField } from '../../../ui/number-field.tsx';
import { Segmented } from '../../../ui/segmented.tsx';
import { Slider } from '../../../ui/slider.tsx';
import { probability } from '../words/numbers.ts';
import { OptionalNumber } from './optional-number.tsx';
import css from './setup.module.css';

const modes = [
  { value: 'off', label: 'Off' },
  { value: 'paper', label: 'ViSkip' },
  { value: 'mmspec', label: 'MMSpec' },
  { value: 'probe', label: 'Probe' },
  { value: 'oracle', label: 'Oracle' },
  { value: 'survey', label: 'Survey' },
] as const satisfies readonly { readonly value: GateMode; readonly label: string }[];

const about: Readonly<Record<GateMode, string>> = {
  off: 'Every round drafts.',
  paper:
    'Before drafting, a visual score r at or above the threshold forbids it: the token is decoded plainly.',
  mmspec:
    "As MMSpec's code: retrieval methods read r at the root's own row and throw away what was accepted; with a draft model or head the hit comes after the next draft is made, which is wasted.",
  probe: 'r is recorded and compared with the threshold, but never acted on.',
  oracle:
    'Skips exactly the rounds in which nothing would be accepted. It drafts and verifies to find out; what it drops is in no time. Greedy only.',
  survey:
    'Drafts at every token, notes what would be accepted, drops it (in no time) and decodes plainly: makes What-if exact. Greedy only.',
};

const reductions = [
  { value: 'mean', label: 'Mean' },
  { value: 'max', label: 'Maximum' },
  { value: 'one', label: 'One head' },
] as const;

interface Props {
  readonly gate: GateSpec;
  /** of the target; null: not known */
  readonly layers: number | null;
  readonly onChange: (gate: GateSpec) => void;
}

/** ViSkip's mode, threshold and score. */
export function GateForm({ gate, layers, onChange }: Props) {
  const { heads = 'mean' } = gate;
  const last = Math.max(0, (layers ?? 1) - 1);
  return (
    <>
      <Segmented
        label="Gate"
        value={gate.mode}
        options={modes}
        onChange={(mode) => onChange({ ...gate, mode })}
      />
      <p className={css.hint}>{about[gate.mode]}</p>
      {comparesScore(gate.mode) && (
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
      {readsScore(gate.mode) && (
        <>
          <Field label="Heads of the layer">
            <Segmented
              label="Heads of the layer"
              value={typeof heads === 'number' ? 'one' : heads}
              options={reductions}
              onChange={(next) => onChange({ ...gate, heads: next === 'one' ? 0 : next })}
            />
          </Field>
          <div className={css.row}>
            {typeof heads === 'number' && (
              <Field label="Head">
                <NumberField
                  label="Head"
                  value={heads}
                  min={0}
                  max={1023}
                  onChange={(head) => onChange({ ...gate, heads: head })}
                />
              </Field>
            )}
            <OptionalNumber
              label="Layer (auto: the last)"
              value={gate.layer ?? null}
              initial={last}
              min={0}
              max={layers === null ? 1023 : last}
              onChange={(layer) => onChange({ ...gate, layer: layer ?? undefined })}
            />
          </div>
        </>
      )}
    </>
  );
}
