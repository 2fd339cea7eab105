import { area, curveStep, line, scaleLinear } from 'd3';
import { type PointerEvent, useId } from 'react';
import { useSize } from '../use-size.ts';
import css from './curve.module.css';

/** One point of the curve, x = threshold. */
export interface CurvePoint {
  readonly x: number;
  /** what the line shows; null: not known */
  readonly y: number | null;
  /** 0..1, the area behind the line */
  readonly share: number;
  /** drawn solid; otherwise dashed */
  readonly exact: boolean;
}

interface Marker {
  readonly x: number;
  readonly y: number | null;
}

interface Props {
  readonly points: readonly CurvePoint[];
  /** right end of the threshold axis; the left end is 0 */
  readonly max: number;
  readonly current: Marker;
  readonly best: Marker | null;
  /** a dashed level line */
  readonly oracle: number | null;
  /** threshold that the run had; null: none */
  readonly own: number | null;
  /** name for assistive technology */
  readonly label: string;
  /** a threshold was pointed at; the keyboard uses the slider beside the chart */
  readonly onPick: (x: number) => void;
}

const margin = { top: 6, right: 12, bottom: 22, left: 44 };

/**
 * A quantity over all thresholds, 1 being what is to be beaten: a line, the share of skipped rounds behind it, the present
 * and the best threshold. Between two points it steps, as nothing changes but at a score.
 */
export function ThresholdCurve(props: Props) {
  const { points, max, current, best, oracle, own, label, onPick } = props;
  const [ref, { width, height }] = useSize<HTMLDivElement>();
  const clip = useId();
  const x = scaleLinear([0, max], [margin.left, Math.max(margin.left + 1, width - margin.right)]);
  const values = [
    1,
    ...points.flatMap(({ y }) => (y === null ? [] : [y])),
    ...(oracle === null ? [] : [oracle]),
  ];
  const low = Math.min(...values);
  const high = Math.max(...values);
  const pad = Math.max(0.02, (high - low) * 0.1);
  const y = scaleLinear(
    [low - pad, high + pad],
    [Math.max(margin.top + 1, height - margin.bottom), margin.top],
  );
  const share = scaleLinear([0, 1], y.range());
  const path = line<CurvePoint>()
    .curve(curveStep)
    .x((point) => x(point.x))
    .y((point) => y(point.y ?? 1));
  const all = path.defined((point) => point.y !== null)(points) ?? '';
  const exact = path.defined((point) => point.y !== null && point.exact)(points) ?? '';
  const [bottom, top] = [y(low - pad), y(high + pad)];
  const shares = area<CurvePoint>()
    .curve(curveStep)
    .x((point) => x(point.x))
    .y0(bottom)
    .y1((point) => share(point.share));
  const pick = (event: PointerEvent<SVGSVGElement>) => {
    if (event.buttons !== 1) return;
    const { left } = event.currentTarget.getBoundingClientRect();
    onPick(Math.min(max, Math.max(0, x.invert(event.clientX - left))));
  };
  return (
    <div ref={ref} className={css.chart}>
      {width > 0 && height > 0 && (
        <svg
          role="img"
          aria-label={label}
          width={width}
          height={height}
          onPointerDown={(event) => {
            event.currentTarget.setPointerCapture(event.pointerId);
            pick(event);
          }}
          onPointerMove={pick}
        >
          <clipPath id={clip}>
            <rect
              x={margin.left}
              y={top}
              width={Math.max(0, x(max) - margin.left)}
              height={Math.max(0, bottom - top)}
            />
          </clipPath>
          <g className={css.axis}>
            {y.ticks(4).map((tick) => (
              <g key={tick}>
                <line x1={margin.left} x2={x(max)} y1={y(tick)} y2={y(tick)} />
                <text x={margin.left - 6} y={y(tick)} textAnchor="end" dominantBaseline="middle">
                  {y.tickFormat(4)(tick)}
                </text>
              </g>
            ))}
            {x.ticks(6).map((tick) => (
              <text key={tick} x={x(tick)} y={bottom + 14} textAnchor="middle">
                {x.tickFormat(6)(tick)}
              </text>
            ))}
          </g>
          <g clipPath={`url(#${clip})`}>
            <path className={css.share} d={shares(points) ?? ''} />
            <line className={css.level} x1={margin.left} x2={x(max)} y1={y(1)} y2={y(1)} />
            {oracle !== null && (
              <line className={css.oracle} x1={margin.left} x2={x(max)} y1={y(oracle)} y2={y(oracle)} />
            )}
            {own !== null && <line className={css.own} x1={x(own)} x2={x(own)} y1={top} y2={bottom} />}
            <path className={css.assumed} d={all} />
            <path className={css.line} d={exact} />
            <line className={css.current} x1={x(current.x)} x2={x(current.x)} y1={top} y2={bottom} />
          </g>
          {best !== null && best.y !== null && (
            <path className={css.best} d={diamond(x(best.x), y(best.y))} data-mark="best" />
          )}
          {current.y !== null && (
            <circle
              className={css.currentDot}
              cx={x(current.x)}
              cy={y(current.y)}
              r={4}
              data-mark="current"
            />
          )}
        </svg>
      )}
    </div>
  );
}

const diamond = (x: number, y: number): string => `M${x},${y - 6}l6,6l-6,6l-6,-6Z`;
