import type { DraftShape } from '#shared/domain/method.ts';
import { Field } from '../../../ui/field.tsx';
import { NumberField } from '../../../ui/number-field.tsx';
import { Segmented } from '../../../ui/segmented.tsx';
import { Select } from '../../../ui/select.tsx';
import { presetOf, staticPresets } from './labels.ts';
import css from './setup.module.css';

const shapes = [
  { value: 'chain', label: 'Chain' },
  { value: 'dynamic', label: 'Dynamic tree' },
  { value: 'static', label: 'Fixed tree' },
] as const;

function defaultShape(kind: DraftShape['kind']): DraftShape {
  if (kind === 'chain') return { kind, length: 4 };
  if (kind === 'dynamic') return { kind, topK: 8, depth: 3, nodes: 30 };
  return staticPresets[2].shape;
}

interface Props {
  readonly shape: DraftShape;
  /** the draft has probabilities, which a dynamic tree is grown by */
  readonly dynamic: boolean;
  readonly onChange: (shape: DraftShape) => void;
}

/** Shape of a draft and its parameters. */
export function ShapeForm({ shape, dynamic, onChange }: Props) {
  return (
    <>
      <Segmented
        label="Shape of the draft"
        value={shape.kind}
        options={shapes.filter(({ value }) => dynamic || value !== 'dynamic')}
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
