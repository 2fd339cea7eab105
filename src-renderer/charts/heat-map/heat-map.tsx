import { type PointerEvent, type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import type { PatchGrid } from '#shared/domain/run.ts';
import { prepareCanvas } from '../canvas.ts';
import { HoverBox } from '../hover-box.tsx';
import { useColours } from '../use-colours.ts';
import { useSize } from '../use-size.ts';
import { type Cell, cellUnder, extent, fitInto, type Size } from './cells.ts';
import type { Domain, Ramp } from './colours.ts';
import { drawHeatMap } from './draw.ts';
import css from './heat-map.module.css';

interface Props {
  /** describes the picture for readers who cannot see it */
  readonly label: string;
  readonly picture: CanvasImageSource | null;
  readonly image: Size;
  readonly grids: readonly PatchGrid[];
  readonly map: Float32Array | null;
  readonly domain: Domain;
  readonly ramp: Ramp;
  readonly opacity: number;
  readonly grid: number | null;
  /** facts about the patch under the pointer */
  readonly describe: (cell: Cell) => ReactNode;
}

/** Position of the pointer on the canvas and in the window. */
interface Pointer {
  readonly x: number;
  readonly y: number;
  readonly clientX: number;
  readonly clientY: number;
}

const colourNames = ['border-strong', 'surface-4'] as const;

/** A picture with attention weights on the model's own patch grids. Fills its parent. */
export function HeatMap(props: Props) {
  const { picture, image, grids, map, domain, ramp, opacity, grid } = props;
  const [box, size] = useSize<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const colours = useColours(colourNames);
  const [pointer, setPointer] = useState<Pointer | null>(null);
  const fit = useMemo(() => fitInto(extent(image, grids), size), [image, grids, size]);
  const cell =
    pointer === null || map === null
      ? null
      : cellUnder(grids, (pointer.x - fit.offsetX) / fit.scale, (pointer.y - fit.offsetY) / fit.scale, grid);
  const hovered = cell?.index ?? null;

  useEffect(() => {
    if (canvas.current === null || size.width === 0) return;
    const context = prepareCanvas(canvas.current, size);
    drawHeatMap(context, fit, {
      picture,
      image,
      grids,
      map,
      domain,
      ramp,
      opacity,
      grid,
      hovered,
      line: colours['border-strong'],
      padding: colours['surface-4'],
    });
  }, [size, fit, picture, image, grids, map, domain, ramp, opacity, grid, hovered, colours]);

  const move = (event: PointerEvent) => {
    const rect = event.currentTarget.getBoundingClientRect();
    setPointer({
      x: event.clientX - rect.left,
      y: event.clientY - rect.top,
      clientX: event.clientX,
      clientY: event.clientY,
    });
  };

  return (
    <div ref={box} className={css.box} onPointerMove={move} onPointerLeave={() => setPointer(null)}>
      <canvas ref={canvas} className={css.canvas} role="img" aria-label={props.label} />
      {cell !== null && pointer !== null && (
        <HoverBox x={pointer.clientX} y={pointer.clientY}>
          {props.describe(cell)}
        </HoverBox>
      )}
    </div>
  );
}
