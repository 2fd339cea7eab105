import { useMemo } from 'react';
import type { PatchGrid } from '#shared/domain/run.ts';
import type { Size } from '../../../charts/heat-map/cells.ts';
import { domainOf, type Ramp } from '../../../charts/heat-map/colours.ts';
import { leftOut, withoutMasked } from '../../../charts/heat-map/sinks.ts';
import { SmallMap } from '../../../charts/heat-map/small-map.tsx';
import { formatPercent } from '../../../ui/format.ts';
import { Segmented } from '../../../ui/segmented.tsx';
import css from './image.module.css';
import { useImageOptions } from './use-image-options.ts';

/** One map of a gallery. */
export interface GalleryItem {
  readonly id: number;
  /** e.g. "Head 3" */
  readonly name: string;
  readonly raw: Float32Array;
}

interface Props {
  /** e.g. "Heads of layer 4" */
  readonly label: string;
  readonly items: readonly GalleryItem[];
  readonly chosen: number | null;
  readonly onChoose: (id: number) => void;
  readonly picture: CanvasImageSource | null;
  readonly image: Size;
  readonly grids: readonly PatchGrid[];
  readonly grid: number | null;
  readonly ramp: Ramp;
  readonly mask: ReadonlySet<number> | null;
}

const scales = [
  { value: 'own', label: 'Each its own scale' },
  { value: 'same', label: 'One scale' },
] as const;

/** Small heat maps of the selected token side by side, each with the image's share; a click shows one large. */
export function Gallery(props: Props) {
  const { label, items, chosen, onChoose, picture, image, grids, grid, ramp, mask } = props;
  const { options, change } = useImageOptions();
  const domains = useMemo(() => items.map(({ raw }) => domainOf(withoutMasked(raw, mask))), [items, mask]);
  const highest = Math.max(...domains.map(({ high }) => high));
  return (
    <div className={css.gallery}>
      <div className={css.galleryBar}>
        <Segmented
          label="Scale of the maps"
          value={options.together}
          options={scales}
          onChange={(together) => change({ together })}
        />
        {options.together === 'same' && <span className={css.hint}>0 to {highest.toPrecision(2)}</span>}
      </div>
      <ul className={css.maps} aria-label={label}>
        {items.map(({ id, name, raw }, i) => {
          const own = domains[i] ?? { low: 0, high: 1 };
          const share = raw.reduce((sum, value) => sum + value, 0) - (leftOut(raw, mask)?.mass ?? 0);
          return (
            <li key={id}>
              <button
                type="button"
                className={css.mapButton}
                aria-pressed={id === chosen}
                aria-label={`${name}: image ${formatPercent(share)}, most ${own.high.toPrecision(2)}`}
                onClick={() => onChoose(id)}
              >
                <SmallMap
                  picture={picture}
                  image={image}
                  grids={grids}
                  map={raw}
                  domain={options.together === 'same' ? { low: 0, high: highest } : own}
                  ramp={ramp}
                  opacity={options.opacity}
                  grid={grid}
                  mask={mask}
                />
                <span className={css.mapName}>
                  {name} <span>{formatPercent(share, share < 0.1 ? 1 : 0)}</span>
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
