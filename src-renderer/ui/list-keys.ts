/** Where a key takes the cursor in a list of `count` items laid out `columns` to a row, `page` rows in sight. */
export interface ListShape {
  readonly count: number;
  readonly columns: number;
  readonly page: number;
}

/**
 * The new index, or null when the key does not move. `index` -1: no cursor yet; then any movement goes to the first
 * item, End to the last.
 */
export function moveInList(key: string, index: number, shape: ListShape): number | null {
  const { count, columns, page } = shape;
  if (count === 0) return null;
  const clamp = (value: number) => Math.max(0, Math.min(value, count - 1));
  if (key === 'End') return count - 1;
  if (key === 'Home') return 0;
  const step = stepOf(key, columns, page);
  if (step === null) return null;
  if (index < 0) return 0;
  // Up in the first row stays; down from the last full row goes to the last item.
  if (step < 0 && index + step < 0) return Math.abs(step) > 1 && key !== 'PageUp' ? index : 0;
  return clamp(index + step);
}

function stepOf(key: string, columns: number, page: number): number | null {
  switch (key) {
    case 'ArrowUp':
      return -columns;
    case 'ArrowDown':
      return columns;
    case 'ArrowLeft':
      return columns > 1 ? -1 : null;
    case 'ArrowRight':
      return columns > 1 ? 1 : null;
    case 'PageUp':
      return -columns * Math.max(1, page - 1);
    case 'PageDown':
      return columns * Math.max(1, page - 1);
    default:
      return null;
  }
}
