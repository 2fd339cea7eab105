import { SlidersHorizontal } from 'lucide-react';
import type { PatchGrid } from '#shared/domain/run.ts';
import { type ColourMap, colourMaps } from '../../../charts/heat-map/colours.ts';
import type { SinkMask } from '../../../charts/heat-map/sinks.ts';
import { Field } from '../../../ui/field.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Popover } from '../../../ui/popover.tsx';
import { Segmented } from '../../../ui/segmented.tsx';
import { Select } from '../../../ui/select.tsx';
import { Slider } from '../../../ui/slider.tsx';
import css from './image.module.css';
import { useImageOptions } from './use-image-options.ts';

const colourNames: Readonly<Record<ColourMap, string>> = {
  inferno: 'Inferno',
  viridis: 'Viridis',
  cividis: 'Cividis',
};

const sinks: readonly { readonly value: SinkMask; readonly label: string }[] = [
  { value: 'none', label: 'None' },
  { value: 'first', label: 'First patch' },
  { value: 'border', label: 'Border' },
  { value: 'both', label: 'Both' },
];

interface ChoiceProps {
  /** of the target; those that are not recorded can be chosen too, to see that and what to do */
  readonly count: number;
  readonly recorded: readonly number[];
  readonly value: number | null;
  readonly onChange: (value: number) => void;
}

/** The layer whose attention is shown. */
export function LayerChoice({ count, recorded, value, onChange }: ChoiceProps) {
  return (
    <Select
      label="Layer"
      value={value === null ? null : String(value)}
      placeholder="Layer"
      options={Array.from({ length: count }, (_, layer) => ({
        value: String(layer),
        label: `Layer ${layer}`,
        ...(recorded.includes(layer) ? {} : { detail: 'not recorded' }),
      }))}
      onChange={(next) => onChange(Number(next))}
    />
  );
}

interface HeadProps {
  readonly count: number;
  /** whether heads of the shown layer are recorded */
  readonly recorded: boolean;
  /** null: the mean */
  readonly value: number | null;
  readonly onChange: (value: number | null) => void;
}

/** One head, or the mean of all. */
export function HeadChoice({ count, recorded, value, onChange }: HeadProps) {
  return (
    <Select
      label="Head"
      value={value === null ? 'mean' : String(value)}
      options={[
        { value: 'mean', label: 'Mean' },
        ...Array.from({ length: count }, (_, head) => ({
          value: String(head),
          label: `Head ${head}`,
          ...(recorded ? {} : { detail: 'not recorded' }),
        })),
      ]}
      onChange={(next) => onChange(next === 'mean' ? null : Number(next))}
    />
  );
}

interface TileProps {
  readonly grids: readonly PatchGrid[];
  readonly value: number | null;
  readonly onChange: (grid: number | null) => void;
}

/** One tile of a picture that the model saw in several. */
export function TileChoice({ grids, value, onChange }: TileProps) {
  if (grids.length < 2) return null;
  return (
    <Select
      label="Tile"
      value={value === null ? 'all' : String(value)}
      options={[
        { value: 'all', label: 'All tiles' },
        ...grids.map((g, i) => ({ value: String(i), label: `Tile ${i + 1}: ${g.nx} × ${g.ny}` })),
      ]}
      onChange={(next) => onChange(next === 'all' ? null : Number(next))}
    />
  );
}

/** How maps are drawn: sinks, colours, opacity. */
export function LooksSetting() {
  const { options, change } = useImageOptions();
  return (
    <Popover
      title="How maps are drawn"
      align="end"
      trigger={
        <IconButton label="How maps are drawn" size="s">
          <SlidersHorizontal />
        </IconButton>
      }
    >
      <div className={css.again}>
        <Field label="Sinks to leave out">
          <Segmented
            label="Sinks to leave out"
            value={options.sinks}
            options={sinks}
            onChange={(next) => change({ sinks: next })}
          />
        </Field>
        <p className={css.hint}>
          The first patch and the border take much attention whatever they show. Left out, they are struck
          through, and colours and shares are those of the rest.
        </p>
        <Field label="Colours">
          <Segmented
            label="Colours"
            value={options.colours}
            options={colourMaps.map((map) => ({ value: map, label: colourNames[map] }))}
            onChange={(colours) => change({ colours })}
          />
        </Field>
        <Field label="Opacity">
          <Slider
            label="Opacity of the heat map"
            value={options.opacity}
            min={0}
            max={1}
            step={0.05}
            onChange={(opacity) => change({ opacity })}
          />
        </Field>
      </div>
    </Popover>
  );
}
