import { assertNever } from '#shared/domain/assert.ts';
import { type Ramp, rampGradient } from '../../../charts/heat-map/colours.ts';
import { formatPercent, plural } from '../../../ui/format.ts';
import type { LayerMaps } from '../store/layer-maps.ts';
import { Definition } from '../words/definition.tsx';
import { type Heat, type HeatScale, shownTotal } from './heat.ts';
import css from './image.module.css';

interface Props {
  readonly heat: Heat;
  readonly ramp: Ramp;
  /** what is compared, e.g. "«red» − «blue»"; '' for one token */
  readonly compared: string;
}

/** Legend of the heat map. */
export function HeatLegend({ heat, ramp, compared }: Props) {
  const [low, middle, high] = endsOf(heat);
  return (
    <div className={css.legend}>
      <div className={css.ramp} style={{ background: rampGradient(ramp) }} />
      <div className={css.ends}>
        <span>{low}</span>
        <span>{middle}</span>
        <span>{high}</span>
      </div>
      <Definition name="heat">
        <span className={css.total}>{whatOf(heat, compared)}</span>
      </Definition>
    </div>
  );
}

function endsOf({ kind, domain }: Heat): readonly [string, string, string] {
  const { low, high } = domain;
  switch (kind) {
    case 'weight':
      return ['0', '', high.toPrecision(2)];
    case 'ratio':
      return [`÷ ${(2 ** -low).toFixed(0)}`, 'mean', `× ${(2 ** high).toFixed(0)}`];
    case 'difference':
      return [`−${(-low).toPrecision(2)}`, '0', `+${high.toPrecision(2)}`];
    default:
      return assertNever(kind);
  }
}

function whatOf(heat: Heat, compared: string): string {
  if (heat.kind === 'difference') return `attention ${compared}`;
  const total = heat.total < 0.001 ? '<0.1%' : formatPercent(heat.total);
  return `${heat.kind === 'ratio' ? 'attention ÷ mean' : 'attention'}, image ${total}`;
}

/** What has to be known to read the map, or what can be done with it. `rounds`: of the run. */
export function heatNote(heat: Heat, scale: HeatScale, maps: LayerMaps | null, rounds: number): string {
  const { out, total, kind } = heat;
  if (kind !== 'difference' && scale !== 'token') {
    if (maps === null) return 'Reading all rounds…';
    if (maps.next < rounds) {
      return `${scale === 'mean' ? 'Mean' : 'Scale'} of the first ${maps.next} of ${rounds} rounds…`;
    }
  }
  if (out !== null) {
    const share = total > 0 ? formatPercent(out.mass / total, 0) : '–';
    return `${plural(out.patches, 'patch', 'patches')} left out, ${share} of the image's attention; shares are of the rest.`;
  }
  return shownTotal(heat) < 0.01 && kind === 'weight' && scale === 'token'
    ? 'Hardly any attention on the image: its own scale shows noise.'
    : 'Drag over patches to rank the tokens that look there.';
}
