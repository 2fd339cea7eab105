import { type ColourMap, colourMaps, type Ramp, rampGradient } from '../../../charts/heat-map/colours.ts';
import { formatPercent } from '../../../ui/format.ts';
import { Segmented } from '../../../ui/segmented.tsx';
import { Select } from '../../../ui/select.tsx';
import { Slider } from '../../../ui/slider.tsx';
import type { LayerMean } from '../store/use-layer-mean.ts';
import { Definition } from '../words/definition.tsx';
import type { Heat, HeatScale } from './heat.ts';
import css from './image.module.css';
import { useImageOptions } from './use-image-options.ts';

const scales: readonly { readonly value: HeatScale; readonly label: string }[] = [
  { value: 'token', label: 'Token' },
  { value: 'run', label: 'Run' },
  { value: 'mean', label: '÷ mean' },
];

const names: Readonly<Record<ColourMap, string>> = {
  inferno: 'Inferno',
  viridis: 'Viridis',
  cividis: 'Cividis',
};

interface Props {
  readonly heat: Heat;
  readonly ramp: Ramp;
  readonly mean: LayerMean | null;
  /** rounds of the run */
  readonly rounds: number;
}

/** Legend and scale of the heat map, and how it is drawn. */
export function HeatFooter({ heat, ramp, mean, rounds }: Props) {
  const { options, change } = useImageOptions();
  const { low, high } = heat.domain;
  const ends = heat.diverging
    ? [`÷ ${(2 ** -low).toFixed(0)}`, 'mean', `× ${(2 ** high).toFixed(0)}`]
    : ['0', '', high.toPrecision(2)];
  return (
    <div className={css.footer}>
      <div className={css.legend}>
        <div className={css.ramp} style={{ background: rampGradient(ramp) }} />
        <div className={css.ends}>
          <span>{ends[0]}</span>
          <span>{ends[1]}</span>
          <span>{ends[2]}</span>
        </div>
        <Definition name="heat">
          <span className={css.total}>
            {heat.diverging ? 'attention ÷ mean' : 'attention'}, image{' '}
            {heat.total < 0.001 ? '<0.1%' : formatPercent(heat.total)}
          </span>
        </Definition>
      </div>
      <div className={css.options}>
        <Segmented
          label="Scale"
          value={options.scale}
          options={scales}
          onChange={(scale) => change({ scale })}
        />
        <Slider
          label="Opacity of the heat map"
          className={css.opacity}
          value={options.opacity}
          min={0}
          max={1}
          step={0.05}
          onChange={(opacity) => change({ opacity })}
        />
        <Select
          label="Colours"
          value={options.colours}
          options={colourMaps.map((map) => ({ value: map, label: names[map] }))}
          onChange={(colours) => change({ colours })}
        />
      </div>
      <p className={css.note}>{note(heat, options.scale, mean, rounds)}</p>
    </div>
  );
}

/** A remark about what is shown, '' when there is nothing to say. */
function note(heat: Heat, scale: HeatScale, mean: LayerMean | null, rounds: number): string {
  if (scale === 'token') {
    return heat.total < 0.01 ? 'Hardly any attention on the image: its own scale shows noise.' : '';
  }
  if (mean === null) return 'Reading all rounds…';
  if (mean.rounds >= rounds) return '';
  return `${scale === 'mean' ? 'Mean' : 'Scale'} of the first ${mean.rounds} of ${rounds} rounds…`;
}
