import {
  type KeyboardEvent,
  type PointerEvent,
  type ReactNode,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
} from 'react';
import type { PatchGrid } from '#shared/domain/run.ts';
import { prepareCanvas } from '../canvas.ts';
import { HoverBox } from '../hover-box.tsx';
import { useColours } from '../use-colours.ts';
import { useSize } from '../use-size.ts';
import { type Cell, cellAt, cellUnder, extent, fitInto, type Size } from './cells.ts';
import type { Domain, Ramp } from './colours.ts';
import { drawHeatMap } from './draw.ts';
import css from './heat-map.module.css';
import { between, blockOf, type Point, patchesWithin, stepped } from './picking.ts';

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
  /** patches that are left out */
  readonly mask: ReadonlySet<number> | null;
  readonly picked: ReadonlySet<number>;
  /** null: nothing can be picked */
  readonly onPick: ((picked: ReadonlySet<number>) => void) | null;
  /** facts about the patch under the pointer */
  readonly describe: (cell: Cell) => ReactNode;
  /** the same of a patch in one line, for readers who cannot see it */
  readonly tell: (cell: Cell) => string;
}

/** Position of the pointer on the canvas and in the window. */
interface Pointer extends Point {
  readonly clientX: number;
  readonly clientY: number;
}

/** A drag that goes on: where it began, in image pixels, and what was picked before and stays. */
interface Drag {
  readonly from: Point;
  readonly kept: ReadonlySet<number>;
}

const colourNames = ['border-strong', 'surface-4', 'text-3'] as const;
/** CSS pixels that the pointer may move in a click. */
const clickReach = 4;

/** A picture with attention weights on the model's own patch grids. Fills its parent. Patches are picked by pointer or keys. */
export function HeatMap(props: Props) {
  const { picture, image, grids, map, domain, ramp, opacity, grid, mask, picked, onPick } = props;
  const [box, size] = useSize<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const colours = useColours(colourNames);
  const [pointer, setPointer] = useState<Pointer | null>(null);
  // What a drag would pick: told when it ends, so that nothing around the picture moves meanwhile.
  const [preview, setPreview] = useState<ReadonlySet<number> | null>(null);
  const [cursor, setCursor] = useState<number | null>(null);
  const drag = useRef<Drag | null>(null);
  const anchor = useRef<number | null>(null);
  const fit = useMemo(() => fitInto(extent(image, grids), size), [image, grids, size]);
  const inImage = ({ x, y }: Point): Point => ({
    x: (x - fit.offsetX) / fit.scale,
    y: (y - fit.offsetY) / fit.scale,
  });
  const under = (point: Point): Cell | null => {
    const { x, y } = inImage(point);
    return cellUnder(grids, x, y, grid);
  };
  const cell = pointer === null || map === null ? null : under(pointer);
  const active = cursor === null ? null : cellAt(grids, cursor);
  const hovered = cell?.index ?? active?.index ?? null;

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
      mask,
      picked: preview ?? picked,
      hovered: preview === null ? hovered : null,
      line: colours['border-strong'],
      strike: colours['text-3'],
      padding: colours['surface-4'],
    });
  }, [
    size,
    fit,
    picture,
    image,
    grids,
    map,
    domain,
    ramp,
    opacity,
    grid,
    mask,
    picked,
    preview,
    hovered,
    colours,
  ]);

  const at = (event: PointerEvent): Pointer => {
    const rect = event.currentTarget.getBoundingClientRect();
    const { clientX, clientY } = event;
    return { x: clientX - rect.left, y: clientY - rect.top, clientX, clientY };
  };
  const onPointerDown = (event: PointerEvent) => {
    if (onPick === null || event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const more = event.shiftKey || event.ctrlKey || event.metaKey;
    drag.current = { from: at(event), kept: more ? picked : new Set() };
  };
  const onPointerMove = (event: PointerEvent) => {
    const p = at(event);
    setPointer(p);
    const { current } = drag;
    if (current === null || onPick === null) return;
    if (preview === null && isClick(current.from, p)) return;
    const found = patchesWithin(grids, between(inImage(current.from), inImage(p)), grid);
    setPreview(new Set([...current.kept, ...found]));
  };
  const onPointerUp = () => {
    const { current } = drag;
    drag.current = null;
    setPreview(null);
    if (current === null || onPick === null) return;
    const clicked = under(current.from);
    if (preview !== null) {
      onPick(preview);
      // The picture makes room for what was picked: what is under the pointer now is not known.
      setPointer(null);
    } else if (clicked === null) onPick(current.kept);
    else {
      // A click on the only picked patch lets it go.
      const alone = current.kept.size === 0 && picked.size === 1 && picked.has(clicked.index);
      onPick(alone ? new Set() : toggled(current.kept, clicked.index));
      anchor.current = clicked.index;
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (onPick === null || event.ctrlKey || event.metaKey || event.altKey) return;
    const here = active ?? cellAt(grids, anchor.current ?? 0);
    if (here === null) return;
    if (event.key === ' ' || event.key === 'Enter') {
      onPick(toggled(picked, here.index));
      anchor.current = here.index;
      setCursor(here.index);
    } else if (event.key === 'Escape' && picked.size > 0) onPick(new Set());
    else {
      const next = stepped(grids, here, event.key);
      if (next === null) return;
      setCursor(next);
      if (event.shiftKey) {
        anchor.current ??= here.index;
        onPick(new Set(blockOf(grids, anchor.current, next)));
      } else anchor.current = null;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  const id = useId();
  const patches = onPick === null || map === null || grids.length === 0 ? null : active;

  return (
    <div
      ref={box}
      className={css.box}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onPointerCancel={() => {
        drag.current = null;
        setPreview(null);
      }}
      onPointerLeave={() => setPointer(null)}
    >
      <canvas ref={canvas} className={css.canvas} role="img" aria-label={props.label} />
      {onPick !== null && map !== null && grids.length > 0 && (
        <div
          className={css.keys}
          role="listbox"
          tabIndex={0}
          aria-label="Patches of the image: arrows move, space picks, shift with arrows picks a block, escape lets go"
          aria-multiselectable="true"
          aria-activedescendant={patches === null ? undefined : id}
          onKeyDown={onKeyDown}
          onFocus={(event) => {
            if (event.currentTarget.matches(':focus-visible')) setCursor((old) => old ?? anchor.current ?? 0);
          }}
          onBlur={() => setCursor(null)}
        >
          <div
            id={id}
            className="visually-hidden"
            role="option"
            tabIndex={-1}
            aria-selected={patches !== null && picked.has(patches.index)}
          >
            {patches === null ? 'No patch' : props.tell(patches)}
          </div>
        </div>
      )}
      {cell !== null && pointer !== null && preview === null && (
        <HoverBox x={pointer.clientX} y={pointer.clientY}>
          {props.describe(cell)}
        </HoverBox>
      )}
    </div>
  );
}

const isClick = (a: Point, b: Point): boolean => Math.hypot(a.x - b.x, a.y - b.y) < clickReach;

function toggled(picked: ReadonlySet<number>, patch: number): ReadonlySet<number> {
  const next = new Set(picked);
  if (!next.delete(patch)) next.add(patch);
  return next;
}
