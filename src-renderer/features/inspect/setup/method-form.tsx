import { type DraftShape, defaultMethod, type MethodSpec } from '#shared/domain/method.ts';
import { Field } from '../../../ui/field.tsx';
import { NumberField } from '../../../ui/number-field.tsx';
import { Segmented } from '../../../ui/segmented.tsx';
import { Select } from '../../../ui/select.tsx';
import { presetOf, staticPresets } from './labels.ts';
import css from './setup.module.css';

const methods = [
  { value: 'ar', label: 'Plain' },
  { value: 'draft-model', label: 'Draft model' },
  { value: 'pld', label: 'Prompt lookup' },
] as const;

const shapes = [
  { value: 'chain', label: 'Chain' },
  { value: 'dynamic', label: 'Dynamic tree' },
  { value: 'static', label: 'Fixed tree' },
] as const;

const about: Readonly<Record<MethodSpec['name'], string>> = {
  ar: 'One token per target pass; the baseline of every speedup.',
  'draft-model': 'A smaller model proposes tokens, the target checks them all in one pass.',
  pld: 'The last n tokens are looked up in the prompt and the answer so far; what followed there is the draft.',
};

function defaultShape(kind: DraftShape['kind']): DraftShape {
  if (kind === 'chain') return { kind, length: 4 };
  if (kind === 'dynamic') return { kind, topK: 8, depth: 3, nodes: 30 };
  return staticPresets[2].shape;
}

interface Props {
  readonly method: MethodSpec;
  readonly onChange: (method: MethodSpec) => void;
}

/** Method and its parameters. */
export function MethodForm({ method, onChange }: Props) {
  return (
    <>
      <Segmented
        label="Method"
        value={method.name}
        options={methods}
        onChange={(name) => onChange(name === method.name ? method : defaultMethod(name))}
      />
      <p className={css.hint}>{about[method.name]}</p>
      {method.name === 'pld' && (
        <div className={css.row}>
          <Field label="Longest n-gram">
            <NumberField
              label="Longest n-gram"
              value={method.ngram}
              min={1}
              max={16}
              onChange={(ngram) => onChange({ ...method, ngram })}
            />
          </Field>
          <Field label="Most drafted tokens">
            <NumberField
              label="Most drafted tokens"
              value={method.maxDraft}
              min={1}
              max={63}
              onChange={(maxDraft) => onChange({ ...method, maxDraft })}
            />
          </Field>
        </div>
      )}
      {method.name === 'draft-model' && (
        <ShapeForm shape={method.shape} onChange={(shape) => onChange({ name: 'draft-model', shape })} />
      )}
    </>
  );
}

function ShapeForm({
  shape,
  onChange,
}: {
  readonly shape: DraftShape;
  readonly onChange: (s: DraftShape) => void;
}) {
  return (
    <>
      <Segmented
        label="Shape of the draft"
        value={shape.kind}
        options={shapes}
        onChange={(kind) => onChange(kind === shape.kind ? shape : defaultShape(kind))}
      />
      {shape.kind === 'chain' && (
        <Field label="Tokens">
          <NumberField
            label="Tokens in the chain"
            value={shape.length}
            min={1}
            max={64}
            onChange={(length) => onChange({ kind: 'chain', length })}
          />
        </Field>
      )}
      {shape.kind === 'dynamic' && (
        <>
          <div className={css.row}>
            <Field label="K, children">
              <NumberField
                label="K, children per node"
                value={shape.topK}
                min={1}
                max={32}
                onChange={(topK) => onChange({ ...shape, topK })}
              />
            </Field>
            <Field label="D, levels">
              <NumberField
                label="D, levels after the first"
                value={shape.depth}
                min={0}
                max={16}
                onChange={(depth) => onChange({ ...shape, depth })}
              />
            </Field>
            <Field label="N, nodes">
              <NumberField
                label="N, nodes with the root"
                value={shape.nodes}
                min={2}
                max={128}
                onChange={(nodes) => onChange({ ...shape, nodes })}
              />
            </Field>
          </div>
          <p className={css.hint}>
            EAGLE-2: K tokens per node, D beam levels after the first, and of all proposals the N − 1 with the
            highest cumulative probability are verified.
          </p>
        </>
      )}
      {shape.kind === 'static' && (
        <Field label="Tree">
          <Select
            label="Fixed tree"
            value={presetOf(shape)}
            placeholder={`Another tree, ${shape.parents.length + 1} nodes`}
            options={staticPresets.map((preset) => ({ value: preset.id, label: preset.label }))}
            onChange={(id) => {
              const preset = staticPresets.find((p) => p.id === id);
              if (preset !== undefined) onChange(preset.shape);
            }}
          />
        </Field>
      )}
    </>
  );
}
