import type { CaptureSpec } from '#shared/domain/capture.ts';
import { Chip } from '../../../ui/chip.tsx';
import { Segmented } from '../../../ui/segmented.tsx';
import { Switch } from '../../../ui/switch.tsx';
import { captureSize, type KnownGeometry, strayLayers } from './capture-size.ts';
import css from './setup.module.css';

type Choice = 'none' | 'score' | 'last' | 'some' | 'all';

const options: readonly { readonly value: Choice; readonly label: string }[] = [
  { value: 'none', label: 'Off' },
  { value: 'score', label: 'Score only' },
  { value: 'last', label: 'Last layer' },
  { value: 'some', label: 'Chosen' },
  { value: 'all', label: 'All layers' },
];

const about: Readonly<Record<Choice, string>> = {
  none: 'Fast kernels, but no heat maps, no scores and no gate.',
  score: 'Shares and visual score of every token, no heat maps. Gates work.',
  last: 'One heat map per token, of the last layer.',
  some: 'One heat map per token and chosen layer. The layer that a gate reads need not be among them.',
  all: 'One heat map per token and layer: more to look at, slower, larger runs.',
};

interface Props {
  readonly capture: CaptureSpec;
  readonly known: KnownGeometry;
  /** recording nothing is one of the choices */
  readonly off: boolean;
  readonly onChange: (capture: CaptureSpec) => void;
}

/** What of the attention is recorded, and how much that is. */
export function CaptureForm({ capture, known, off, onChange }: Props) {
  const { layers, heads = false } = capture;
  const choice: Choice = typeof layers === 'string' ? layers : 'some';
  const chosen = typeof layers === 'string' ? [] : layers;
  const last = Math.max(0, (known.layers ?? 1) - 1);
  const offered = [...new Set([...Array.from({ length: known.layers ?? 0 }, (_, i) => i), ...chosen])];
  const change = (next: CaptureSpec['layers']) => onChange({ ...capture, layers: next });
  const toggle = (layer: number) => {
    const next = chosen.includes(layer) ? chosen.filter((l) => l !== layer) : [...chosen, layer];
    if (next.length > 0) change(next.sort((a, b) => a - b));
  };
  return (
    <>
      <Segmented
        label="Layers to capture"
        value={choice}
        options={off ? options : options.filter(({ value }) => value !== 'none')}
        onChange={(next) => change(next === 'some' ? [last] : next)}
      />
      {choice === 'some' && (
        <fieldset className={css.layers} aria-label="Chosen layers">
          {offered.map((layer) => (
            <Chip
              key={layer}
              label={String(layer)}
              pressed={chosen.includes(layer)}
              onPress={() => toggle(layer)}
            />
          ))}
        </fieldset>
      )}
      <p className={css.hint}>{about[choice]}</p>
      {choice !== 'none' && choice !== 'score' && (
        <Switch
          checked={heads}
          label="Every head as well, not only their mean"
          onChange={(on) => onChange(on ? { layers, heads: true } : { layers })}
        />
      )}
      <p className={css.size} data-bad={strayLayers(capture, known).length > 0 || undefined}>
        {captureSize(capture, known)}
      </p>
    </>
  );
}
