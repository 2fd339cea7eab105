import type { Sampling } from '#shared/domain/run.ts';
import { Field } from '../../../ui/field.tsx';
import { NumberField } from '../../../ui/number-field.tsx';
import css from './setup.module.css';

interface Props {
  readonly sampling: Sampling;
  readonly onChange: (sampling: Sampling) => void;
}

/** Sampling of the target; drafting is always by the draft's own probabilities. */
export function SamplingForm({ sampling: s, onChange }: Props) {
  const greedy = s.temperature === 0;
  return (
    <>
      <div className={css.row}>
        <Field label="Temperature">
          <NumberField
            label="Temperature"
            value={s.temperature}
            min={0}
            max={5}
            step={0.1}
            onChange={(temperature) => onChange({ ...s, temperature })}
          />
        </Field>
        <Field label="Top-k">
          <NumberField
            label="Top-k"
            value={s.topK}
            min={0}
            max={100_000}
            disabled={greedy}
            onChange={(topK) => onChange({ ...s, topK })}
          />
        </Field>
        <Field label="Top-p">
          <NumberField
            label="Top-p"
            value={s.topP}
            min={0.01}
            max={1}
            step={0.05}
            disabled={greedy}
            onChange={(topP) => onChange({ ...s, topP })}
          />
        </Field>
        <Field label="Seed">
          <NumberField
            label="Seed"
            value={s.seed}
            min={0}
            max={0xffff_ffff}
            width="104px"
            disabled={greedy}
            onChange={(seed) => onChange({ ...s, seed })}
          />
        </Field>
      </div>
      <p className={css.hint}>
        {greedy
          ? 'Temperature 0 is greedy: always the most likely token, so the answer equals plain decoding.'
          : "Exact speculative sampling: the answer is drawn from the target's distribution, whatever was drafted. Top-k 0 and top-p 1 cut nothing."}
      </p>
    </>
  );
}
