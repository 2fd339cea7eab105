import { line, scaleLinear } from 'd3';
import { type KeyboardEvent, type PointerEvent, type ReactNode, useMemo, useState } from 'react';
import { HoverBox } from '../hover-box.tsx';
import { useSize } from '../use-size.ts';
import css from './score-curve.module.css';

interface Props {
  /** score of every token; null: the token has none */
  readonly scores: readonly (number | null)[];
  /** null: there is none */
  readonly threshold: number | null;
  readonly selected: number | null;
  readonly onSelect: (token: number) => void;
  /** a token in words, for the pointer and for assistive technology */
  readonly tell: (token: number) => string;
  readonly hover: (token: number) => ReactNode;
}

const margin = { top: 8, right: 10, bottom: 20, left: 34 };
/** Dots are drawn where there is room for them, CSS pixels per token. */
const roomForDots = 5;

/**
 * The score of every token of a run with the gate's threshold; scores at or above it are marked by diamonds. A click or
 * drag selects, and so do the arrow keys.
 */
export function ScoreCurve({ scores, threshold, selected, onSelect, tell, hover }: Props) {
  const [box, { width, height }] = useSize<HTMLDivElement>();
  const [pointer, setPointer] = useState<{ token: number; x: number; y: number } | null>(null);
  const last = Math.max(0, scores.length - 1);
  const high = Math.max(0.05, threshold ?? 0, ...[scores.reduce<number>((a, b) => Math.max(a, b ?? 0), 0)]);
  const { x, y } = useMemo(
    () => ({
      x: scaleLinear([0, Math.max(1, last)], [margin.left, Math.max(margin.left + 1, width - margin.right)]),
      y: scaleLinear(
        [0, Math.min(1, high * 1.08)],
        [Math.max(margin.top + 1, height - margin.bottom), margin.top],
      ),
    }),
    [last, high, width, height],
  );
  const path = useMemo(
    () =>
      line<number | null>()
        .defined((score) => score !== null)
        .x((_, i) => x(i))
        .y((score) => y(score ?? 0))(scores) ?? '',
    [scores, x, y],
  );
  const dots = (width - margin.left - margin.right) / Math.max(1, scores.length) >= roomForDots;
  // Two paths for all marks: a run may have ten thousand tokens.
  const marks = useMemo(() => {
    let [hits, others, count] = ['', '', 0];
    for (const [i, score] of scores.entries()) {
      if (score === null) continue;
      if (threshold !== null && score >= threshold) {
        hits += diamond(x(i), y(score));
        count += 1;
      } else if (dots) others += circle(x(i), y(score));
    }
    return { hits, others, count };
  }, [scores, threshold, dots, x, y]);
  const tokenAt = (event: PointerEvent): number => {
    const { left } = event.currentTarget.getBoundingClientRect();
    return Math.max(0, Math.min(last, Math.round(x.invert(event.clientX - left))));
  };
  const onMove = (event: PointerEvent) => {
    const token = tokenAt(event);
    setPointer({ token, x: event.clientX, y: event.clientY });
    if (event.buttons === 1 && token !== selected) onSelect(token);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const here = selected ?? 0;
    const next = { ArrowLeft: here - 1, ArrowRight: here + 1, Home: 0, End: last }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    onSelect(Math.max(0, Math.min(last, next)));
  };
  const score = selected === null ? null : (scores[selected] ?? null);
  return (
    <div
      ref={box}
      className={css.box}
      role="slider"
      tabIndex={0}
      aria-label="Token"
      aria-valuemin={0}
      aria-valuemax={last}
      aria-valuenow={selected ?? 0}
      aria-valuetext={tell(selected ?? 0)}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        onSelect(tokenAt(event));
      }}
      onPointerMove={onMove}
      onPointerLeave={() => setPointer(null)}
    >
      {width > 0 && height > 0 && (
        <svg width={width} height={height} aria-hidden="true">
          {y.ticks(4).map((tick) => (
            <g key={tick} className={css.axis}>
              <line x1={margin.left} x2={width - margin.right} y1={y(tick)} y2={y(tick)} />
              <text x={margin.left - 6} y={y(tick)} textAnchor="end" dominantBaseline="middle">
                {y.tickFormat(4)(tick)}
              </text>
            </g>
          ))}
          {x.ticks(Math.min(6, last)).map((tick) => (
            <text key={tick} className={css.tick} x={x(tick)} y={height - 6} textAnchor="middle">
              {x.tickFormat(6)(tick)}
            </text>
          ))}
          {selected !== null && (
            <line className={css.selected} x1={x(selected)} x2={x(selected)} y1={margin.top} y2={y(0)} />
          )}
          <path className={css.line} d={path} />
          {threshold !== null && (
            <line
              className={css.threshold}
              x1={margin.left}
              x2={width - margin.right}
              y1={y(threshold)}
              y2={y(threshold)}
            />
          )}
          <path className={css.dot} d={marks.others} />
          <path className={css.hit} d={marks.hits} data-hits={marks.count} />
          {selected !== null && score !== null && (
            <circle className={css.ring} cx={x(selected)} cy={y(score)} r={6} />
          )}
        </svg>
      )}
      {pointer !== null && (
        <HoverBox x={pointer.x} y={pointer.y}>
          {hover(pointer.token)}
        </HoverBox>
      )}
    </div>
  );
}

const diamond = (x: number, y: number): string => `M${x},${y - 4}l4,4l-4,4l-4,-4Z`;
const circle = (x: number, y: number): string => `M${x - 2},${y}a2,2 0 1,0 4,0a2,2 0 1,0 -4,0Z`;
