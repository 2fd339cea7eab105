import type { Lane, TimelineDrawing } from './drawing.ts';
import type { Column, ColumnValue } from './geometry.ts';

/** The target's entropy as bars from the lane's floor. */
export function drawEntropy(
  context: CanvasRenderingContext2D,
  d: TimelineDrawing,
  lane: Lane,
  columns: readonly Column[],
  values: readonly ColumnValue[],
): void {
  context.fillStyle = d.colours['text-3'];
  for (const [i, column] of columns.entries()) {
    const entropy = values[i]?.entropy ?? null;
    if (entropy === null) continue;
    const height = Math.max(1, (lane.height * entropy) / d.ceilings.entropy);
    const gap = column.width >= 6 ? 1.5 : 0;
    context.fillRect(column.x + gap, lane.top + lane.height - height, column.width - 2 * gap, height);
  }
}
