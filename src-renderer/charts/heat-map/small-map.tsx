import { useEffect, useMemo, useRef } from 'react';
import type { PatchGrid } from '#shared/domain/run.ts';
import { prepareCanvas } from '../canvas.ts';
import { useColours } from '../use-colours.ts';
import { useSize } from '../use-size.ts';
import { extent, fitInto, type Size } from './cells.ts';
import type { Domain, Ramp } from './colours.ts';
import { drawHeatMap } from './draw.ts';
import css from './heat-map.module.css';

interface Props {
  readonly picture: CanvasImageSource | null;
  readonly image: Size;
  readonly grids: readonly PatchGrid[];
  readonly map: Float32Array;
  readonly domain: Domain;
  readonly ramp: Ramp;
  readonly opacity: number;
  readonly grid: number | null;
  readonly mask: ReadonlySet<number> | null;
}

const colourNames = ['border-strong', 'surface-4', 'text-3'] as const;
const nothing: ReadonlySet<number> = new Set();

/** A heat map to be compared with others of its kind: no pointer, no facts. As wide as its parent, in the picture's shape. */
export function SmallMap(props: Props) {
  const { picture, image, grids, map, domain, ramp, opacity, grid, mask } = props;
  const [box, size] = useSize<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const colours = useColours(colourNames);
  const area = useMemo(() => extent(image, grids), [image, grids]);
  useEffect(() => {
    if (canvas.current === null || size.width === 0) return;
    drawHeatMap(prepareCanvas(canvas.current, size), fitInto(area, size), {
      picture,
      image,
      grids,
      map,
      domain,
      ramp,
      opacity,
      grid,
      mask,
      picked: nothing,
      hovered: null,
      line: colours['border-strong'],
      strike: colours['text-3'],
      padding: colours['surface-4'],
    });
  }, [size, area, picture, image, grids, map, domain, ramp, opacity, grid, mask, colours]);
  return (
    <div ref={box} className={css.small} style={{ aspectRatio: `${area.w} / ${area.h}` }}>
      <canvas ref={canvas} className={css.canvas} />
    </div>
  );
}
