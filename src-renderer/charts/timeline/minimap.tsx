import { type PointerEvent, useEffect, useRef } from 'react';
import { prepareCanvas } from '../canvas.ts';
import { useColours } from '../use-colours.ts';
import { useSize } from '../use-size.ts';
import { gutter, margin } from './drawing.ts';
import { columnsOf, columnValue, roundsAcross, type TimelineRound, type View, xOf } from './geometry.ts';
import css from './timeline.module.css';

interface Props {
  readonly rounds: readonly TimelineRound[];
  /** the part that the timeline shows */
  readonly view: View;
  readonly selected: number | null;
  /** moves the middle of the timeline to a round */
  readonly onMove: (round: number) => void;
}

const colourNames = [
  'origin-accepted-mark',
  'origin-forced-mark',
  'surface-4',
  'accent',
  'surface-2',
] as const;

/** The whole run as a strip: how much was accepted, what was skipped, and the part that the timeline shows; drag moves it. */
export function Minimap({ rounds, view, selected, onMove }: Props) {
  const [box, size] = useSize<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const colours = useColours(colourNames);
  const width = Math.max(1, size.width - gutter - margin);
  const across = roundsAcross(rounds.length, width);

  useEffect(() => {
    if (canvas.current === null || size.width === 0) return;
    const context = prepareCanvas(canvas.current, size);
    const whole = { from: 0, to: across };
    const most = rounds.reduce((max, r) => Math.max(max, r.accepted), 1);
    context.translate(gutter, 0);
    context.fillStyle = colours['surface-2'];
    context.fillRect(0, 0, width, size.height);
    for (const column of columnsOf(whole, rounds.length, width, 1)) {
      const value = columnValue(rounds, column);
      const height = (value.accepted / most) * size.height;
      context.fillStyle =
        value.skipped > 0.5 ? colours['origin-forced-mark'] : colours['origin-accepted-mark'];
      const tall = value.skipped > 0.5 ? 3 : height;
      context.fillRect(column.x, size.height - tall, Math.max(1, column.width), tall);
    }
    const from = Math.max(0, xOf(whole, view.from, width));
    const to = Math.min(width, xOf(whole, view.to, width));
    context.fillStyle = colours['surface-4'];
    context.globalAlpha = 0.6;
    context.fillRect(0, 0, from, size.height);
    context.fillRect(to, 0, width - to, size.height);
    context.globalAlpha = 1;
    context.strokeStyle = colours.accent;
    context.strokeRect(from + 0.5, 0.5, Math.max(2, to - from - 1), size.height - 1);
    if (selected !== null) {
      context.fillStyle = colours.accent;
      context.fillRect(xOf(whole, selected, width), 0, 2, size.height);
    }
  }, [rounds, view.from, view.to, selected, size, width, across, colours]);

  const move = (event: PointerEvent) => {
    if (event.buttons !== 1) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left - gutter;
    onMove(Math.max(0, Math.min(rounds.length, (x / width) * across)));
  };

  return (
    <div ref={box} className={css.minimap}>
      <canvas
        ref={canvas}
        className={css.canvas}
        role="img"
        aria-label="The whole run; the framed part is shown below"
        onPointerDown={move}
        onPointerMove={move}
      />
    </div>
  );
}
