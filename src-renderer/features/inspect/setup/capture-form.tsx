import type { CaptureSpec } from '#shared/domain/run.ts';
import { Segmented } from '../../../ui/segmented.tsx';
import { shortCapture } from './labels.ts';
import css from './setup.module.css';

type Choice = 'last' | 'all' | 'none' | 'some';

const options: readonly { readonly value: Choice; readonly label: string }[] = [
  { value: 'last', label: 'Last layer' },
  { value: 'all', label: 'All layers' },
  { value: 'none', label: 'None' },
];

const about: Readonly<Record<Choice, string>> = {
  last: "Attention of the last layer, which ViSkip's score reads.",
  all: 'Attention of every layer: more to look at, slower, larger runs.',
  none: 'Fast kernels, but no heat maps, no scores and no gate.',
  some: 'Attention of the layers that the run was made with.',
};

interface Props {
  readonly capture: CaptureSpec;
  readonly onChange: (capture: CaptureSpec) => void;
}

/** Which layers' attention is recorded. Single layers come from a run's settings and stay choosable. */
export function CaptureForm({ capture, onChange }: Props) {
  const { layers } = capture;
  const choice: Choice = typeof layers === 'string' ? layers : 'some';
  const offered = choice === 'some' ? [...options, { value: choice, label: shortCapture(capture) }] : options;
  return (
    <>
      <Segmented
        label="Layers to capture"
        value={choice}
        options={offered}
        onChange={(next) => onChange(next === 'some' ? capture : { layers: next })}
      />
      <p className={css.hint}>{about[choice]}</p>
    </>
  );
}
