import type { PatchGrid } from '#shared/domain/run.ts';
import { meanOf } from '../../../charts/heat-map/attention.ts';
import type { Cell } from '../../../charts/heat-map/cells.ts';
import { formatPercent } from '../../../ui/format.ts';
import type { LayerMaps } from '../store/layer-maps.ts';
import { type Heat, shownTotal } from './heat.ts';

interface Props {
  readonly cell: Cell;
  readonly grids: readonly PatchGrid[];
  readonly heat: Heat | null;
  readonly maps: LayerMaps | null;
  readonly mask: ReadonlySet<number> | null;
}

type Fact = readonly [name: string, value: string];

/** Numbers of the patch under the pointer. */
export function PatchFacts(props: Props) {
  const facts = patchFacts(props);
  if (facts.length === 0) return null;
  return (
    <dl>
      {facts.map(([name, value]) => (
        <Row key={name} name={name} value={value} />
      ))}
    </dl>
  );
}

function Row({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}

/** The same in one line. */
export function tellPatch(props: Props): string {
  return patchFacts(props)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}

function patchFacts({ cell, grids, heat, maps, mask }: Props): readonly Fact[] {
  const value = heat?.raw[cell.index];
  if (heat === null || value === undefined) return [];
  const grid = grids[cell.grid];
  const size = grid === undefined ? '' : ` of ${grid.nx} × ${grid.ny}`;
  const tile = grids.length > 1 ? `, tile ${cell.grid + 1}` : '';
  const total = shownTotal(heat);
  const left = mask?.has(cell.index) === true;
  const share = left ? 'left out' : total > 0 ? formatPercent(value / total) : '–';
  const usual = maps?.mean == null ? 0 : (meanOf(maps.mean)[cell.index] ?? 0);
  const difference = heat.kind === 'difference' ? (heat.map[cell.index] ?? 0) : null;
  return [
    ['patch', `x ${cell.column}, y ${cell.row}${size}${tile}`],
    ['attention', value.toPrecision(3)],
    [mask === null ? 'share of the image' : 'share of the rest', share],
    ...(usual > 0 ? [['against the mean', `× ${(value / usual).toFixed(2)}`] as const] : []),
    ...(difference === null
      ? []
      : [['difference', `${difference < 0 ? '−' : '+'}${Math.abs(difference).toPrecision(3)}`] as const]),
  ];
}
