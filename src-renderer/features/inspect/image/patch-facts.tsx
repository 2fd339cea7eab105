import type { PatchGrid } from '#shared/domain/run.ts';
import type { Cell } from '../../../charts/heat-map/cells.ts';
import { formatPercent } from '../../../ui/format.ts';
import type { LayerMean } from '../store/use-layer-mean.ts';
import type { Heat } from './heat.ts';

interface Props {
  readonly cell: Cell;
  readonly grids: readonly PatchGrid[];
  readonly heat: Heat | null;
  readonly mean: LayerMean | null;
}

/** Numbers of the patch under the pointer. */
export function PatchFacts({ cell, grids, heat, mean }: Props) {
  const value = heat?.raw[cell.index];
  if (heat === null || value === undefined) return null;
  const usual = mean?.map[cell.index] ?? 0;
  const grid = grids[cell.grid];
  return (
    <dl>
      <dt>patch</dt>
      <dd>
        x {cell.column}, y {cell.row}
        {grid !== undefined && ` of ${grid.nx} × ${grid.ny}`}
        {grids.length > 1 && `, tile ${cell.grid + 1}`}
      </dd>
      <dt>attention</dt>
      <dd>{value.toPrecision(3)}</dd>
      <dt>share of the image</dt>
      <dd>{heat.total > 0 ? formatPercent(value / heat.total) : '–'}</dd>
      {usual > 0 && (
        <>
          <dt>against the mean</dt>
          <dd>× {(value / usual).toFixed(2)}</dd>
        </>
      )}
    </dl>
  );
}
