import { Segmented } from '../../../ui/segmented.tsx';
import type { HeatScale } from './heat.ts';
import { useImageOptions } from './use-image-options.ts';

const scales: readonly { readonly value: HeatScale; readonly label: string }[] = [
  { value: 'token', label: 'Token' },
  { value: 'run', label: 'Run' },
  { value: 'mean', label: '÷ mean' },
];

/** What the colours of a map are scaled to. */
export function ScaleChoice() {
  const { options, change } = useImageOptions();
  return (
    <Segmented label="Scale" value={options.scale} options={scales} onChange={(scale) => change({ scale })} />
  );
}
