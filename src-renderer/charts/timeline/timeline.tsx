import { select, type ZoomBehavior, type ZoomTransform, zoom, zoomIdentity, zoomTransform } from 'd3';
import {
  type KeyboardEvent,
  type MouseEvent,
  type PointerEvent,
  type ReactNode,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { prepareCanvas } from '../canvas.ts';
import { HoverBox } from '../hover-box.tsx';
import { useColours } from '../use-colours.ts';
import { useSize } from '../use-size.ts';
import { drawTimeline } from './draw.ts';
import { gutter, lanesOf, margin, timelineColours } from './drawing.ts';
import {
  ceilings,
  roundAt,
  roundsAcross,
  type TimelineRound,
  transformOfView,
  type View,
  viewOfTransform,
} from './geometry.ts';
import { Minimap } from './minimap.tsx';
import css from './timeline.module.css';

interface Props {
  readonly rounds: readonly TimelineRound[];
  readonly selected: number | null;
  readonly onSelect: (round: number) => void;
  /** brushed rounds [from, to) */
  readonly range: readonly [number, number] | null;
  readonly onRange: (range: readonly [number, number] | null) => void;
  readonly hoverText: (round: number) => ReactNode;
  /** what happened in the selected round, for screen readers */
  readonly valueText: string;
  /** part that is shown; null: all rounds */
  readonly zoomed: View | null;
  /** told when the user has zoomed or panned */
  readonly onZoomed: (view: View | null) => void;
}

/** Horizontal position of the pointer on the canvas, and its place in the window. */
interface Pointer {
  readonly x: number;
  readonly clientX: number;
  readonly clientY: number;
}

const panStep = 0.2;
const zoomStep = 1.5;

/** Rounds of a run over time: drafts, times and scores. Wheel or W S zoom, drag or A D pan, shift-drag brushes. */
export function Timeline(props: Props) {
  const { rounds, selected, onSelect, range, onRange, hoverText, valueText, zoomed, onZoomed } = props;
  const [box, size] = useSize<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const behaviour = useRef<ZoomBehavior<HTMLCanvasElement, unknown> | null>(null);
  const [transform, setTransform] = useState<ZoomTransform>(zoomIdentity);
  const [pointer, setPointer] = useState<Pointer | null>(null);
  const brush = useRef<number | null>(null);
  const colours = useColours(timelineColours);
  const width = Math.max(0, size.width - gutter - margin);
  const tops = useMemo(() => ceilings(rounds), [rounds]);
  const lanes = useMemo(
    () =>
      lanesOf(
        size.height,
        rounds.some((r) => r.score !== null),
      ),
    [size.height, rounds],
  );
  // d3-zoom works in pixels of the canvas, where the plot begins right of the gutter.
  const viewUnder = ({ k, x }: ZoomTransform): View =>
    viewOfTransform(k, x + gutter * (k - 1), rounds.length, width);
  const view = viewUnder(transform);
  const report = useRef<(transform: ZoomTransform) => void>(() => {});
  useEffect(() => {
    report.current = (next) => onZoomed(next.k === 1 ? null : viewUnder(next));
  });
  const hovered = pointer === null ? null : roundAt(view, pointer.x - gutter, width, rounds.length);

  useEffect(() => {
    if (canvas.current === null) return;
    const z = zoom<HTMLCanvasElement, unknown>()
      .filter(
        (event: globalThis.MouseEvent) =>
          !event.shiftKey && event.button === 0 && (!event.ctrlKey || event.type === 'wheel'),
      )
      .clickDistance(4)
      .on('zoom', (event: { transform: ZoomTransform }) => setTransform(event.transform))
      .on('end', (event: { transform: ZoomTransform; sourceEvent: unknown }) => {
        if (event.sourceEvent != null) report.current(event.transform);
      });
    behaviour.current = z;
    const root = select(canvas.current);
    root.call(z).on('dblclick.zoom', null);
    return () => void root.on('.zoom', null);
  }, []);

  useEffect(() => {
    const deepest = Math.max(1, roundsAcross(rounds.length, width) / 12);
    behaviour.current
      ?.scaleExtent([1, deepest])
      .extent([
        [gutter, 0],
        [gutter + width, 1],
      ])
      .translateExtent([
        [gutter, 0],
        [gutter + width, 1],
      ]);
  }, [rounds.length, width]);

  // Follows the part that is asked for; what the user has just chosen is there already.
  // biome-ignore lint/correctness/useExhaustiveDependencies: rounds that are added must not move the view
  useEffect(() => {
    const z = behaviour.current;
    if (canvas.current === null || z === null || width === 0) return;
    const now = viewUnder(zoomTransform(canvas.current));
    const wanted = zoomed ?? viewUnder(zoomIdentity);
    const slack = (wanted.to - wanted.from) / 200;
    if (Math.abs(now.from - wanted.from) < slack && Math.abs(now.to - wanted.to) < slack) return;
    const { k, tx } = transformOfView(wanted, rounds.length, width);
    select(canvas.current).call(z.transform, zoomIdentity.translate(tx - gutter * (k - 1), 0).scale(k));
  }, [zoomed?.from, zoomed?.to, width > 0]);

  // Keeps the selected round in sight when it was chosen elsewhere.
  // biome-ignore lint/correctness/useExhaustiveDependencies: panning away by hand must not jump back
  useEffect(() => {
    if (selected === null || canvas.current === null || width === 0) return;
    if (selected >= view.from && selected + 1 <= view.to) return;
    const x = gutter + ((selected + 0.5) / roundsAcross(rounds.length, width)) * width;
    const z = behaviour.current;
    if (z !== null) select(canvas.current).call(z.translateTo, x, 0);
  }, [selected]);

  useEffect(() => {
    if (canvas.current === null || size.width === 0) return;
    const context = prepareCanvas(canvas.current, size);
    const font = `11px ${getComputedStyle(canvas.current).fontFamily}`;
    drawTimeline(context, {
      rounds,
      view,
      width,
      height: size.height,
      lanes,
      ceilings: tops,
      selected,
      hovered,
      range,
      colours,
      font,
    });
  });

  const at = (event: PointerEvent): Pointer => {
    const rect = event.currentTarget.getBoundingClientRect();
    return {
      x: event.clientX - rect.left,
      clientX: event.clientX,
      clientY: event.clientY,
    };
  };
  const clampedRound = (x: number) => {
    const round = Math.floor(view.from + ((x - gutter) / width) * (view.to - view.from));
    return Math.max(0, Math.min(rounds.length - 1, round));
  };

  const onPointerDown = (event: PointerEvent) => {
    if (!event.shiftKey || event.button !== 0 || rounds.length === 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    brush.current = clampedRound(at(event).x);
    onRange([brush.current, brush.current + 1]);
  };
  const onPointerMove = (event: PointerEvent) => {
    const p = at(event);
    setPointer(p);
    if (brush.current === null) return;
    const other = clampedRound(p.x);
    onRange([Math.min(brush.current, other), Math.max(brush.current, other) + 1]);
  };
  const onClick = (event: MouseEvent<HTMLCanvasElement>) => {
    if (brush.current !== null) {
      brush.current = null;
      return;
    }
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
    const round = roundAt(view, x - gutter, width, rounds.length);
    if (round !== null) onSelect(round);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const z = behaviour.current;
    if (canvas.current === null || z === null || event.ctrlKey || event.metaKey || event.altKey) return;
    const root = select(canvas.current);
    const key = event.key.toLowerCase();
    if (key === 'w') root.call(z.scaleBy, zoomStep);
    else if (key === 's') root.call(z.scaleBy, 1 / zoomStep);
    else if (key === 'a') root.call(z.translateBy, (width * panStep) / transform.k, 0);
    else if (key === 'd') root.call(z.translateBy, (-width * panStep) / transform.k, 0);
    else if (key === 'arrowleft') onSelect(Math.max(0, (selected ?? 0) - 1));
    else if (key === 'arrowright') onSelect(Math.min(rounds.length - 1, (selected ?? -1) + 1));
    else if (key === 'escape' && range !== null) onRange(null);
    else return;
    if ('wsad'.includes(key)) report.current(zoomTransform(canvas.current));
    event.preventDefault();
    event.stopPropagation();
  };

  const moveTo = (round: number) => {
    const z = behaviour.current;
    if (canvas.current === null || z === null) return;
    select(canvas.current).call(
      z.translateTo,
      gutter + (round / roundsAcross(rounds.length, width)) * width,
      0,
    );
    report.current(zoomTransform(canvas.current));
  };

  return (
    <div className={css.frame}>
      <Minimap rounds={rounds} view={view} selected={selected} onMove={moveTo} />
      <div
        ref={box}
        className={css.box}
        tabIndex={0}
        role="slider"
        aria-label="Round"
        aria-valuemin={0}
        aria-valuemax={Math.max(0, rounds.length - 1)}
        aria-valuenow={selected ?? 0}
        aria-valuetext={`round ${selected ?? 0}. ${valueText}`}
        onKeyDown={onKeyDown}
      >
        <canvas
          ref={canvas}
          className={css.canvas}
          role="img"
          aria-label={`Timeline of ${rounds.length} rounds`}
          onPointerDown={onPointerDown}
          onPointerMove={onPointerMove}
          onPointerLeave={() => setPointer(null)}
          onClick={onClick}
          onDoubleClick={() => {
            if (canvas.current === null || behaviour.current === null) return;
            select(canvas.current).call(behaviour.current.transform, zoomIdentity);
            report.current(zoomIdentity);
          }}
        />
        {hovered !== null && pointer !== null && (
          <HoverBox x={pointer.clientX} y={pointer.clientY}>
            {hoverText(hovered)}
          </HoverBox>
        )}
      </div>
    </div>
  );
}
