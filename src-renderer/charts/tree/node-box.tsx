import { memo } from 'react';
import css from './draft-tree.module.css';
import type { Placed } from './layout.ts';
import { discRadius, discRoom, type NodeLook, radiusOf, shortLabel, type TreeNode } from './nodes.ts';

interface Props {
  readonly id: string;
  readonly placed: Placed;
  readonly node: TreeNode;
  readonly selected: boolean;
  /** nodes below it, and whether they are folded away */
  readonly below: number;
  readonly folded: boolean;
  readonly onSelect: (node: number) => void;
  readonly onFold: (node: number) => void;
}

/** Strokes of the mark at a node's upper right corner in a 10 x 10 box: what became of it without any colour. */
const marks: Readonly<Record<NodeLook, string | null>> = {
  root: null,
  accepted: 'M1.5,5.5L4,8L8.5,2.5',
  refused: 'M2,2L8,8M8,2L2,8',
  unreached: 'M2,5H8',
  ended: 'M2,5H7M7.5,1.5V8.5',
  cut: 'M1,5H2.6M4.2,5H5.8M7.4,5H9',
  correction: 'M5,1.5V8.5M1.5,5H8.5',
  bonus: 'M5,1V9M1,5H9M2.2,2.2L7.8,7.8M7.8,2.2L2.2,7.8',
  plain: 'M5,4.5V5.5M4.5,5H5.5',
  forced: 'M1.5,3H8.5M1.5,7H8.5',
};

export const NodeBox = memo(function NodeBox(props: Props) {
  const { id, placed, node, selected, below, folded, onSelect, onFold } = props;
  const top = placed.y - placed.height / 2;
  const mark = marks[node.look];
  const left = node.q === null && node.p === null ? 9 : 9 + discRoom;
  return (
    <g
      id={id}
      role="treeitem"
      aria-selected={selected}
      aria-expanded={below === 0 ? undefined : !folded}
      aria-level={placed.depth + 1}
      aria-label={`${node.label}, ${node.detail}: ${node.reason}${folded ? `; ${below} below it are folded away` : ''}`}
      tabIndex={-1}
      className={css.node}
      data-look={node.look}
      data-node={placed.node}
      transform={`translate(${placed.x},${top})`}
      onClick={() => onSelect(placed.node)}
    >
      <rect className={css.frame} width={placed.width} height={placed.height} rx={6} />
      {(node.q !== null || node.p !== null) && <Discs q={node.q} p={node.p} />}
      <text className={css.label} x={left} y={16}>
        {shortLabel(node.label)}
      </text>
      <text className={css.detail} x={left} y={30}>
        {node.detail}
      </text>
      {mark !== null && (
        <path className={css.mark} transform={`translate(${placed.width - 17},6)`} d={mark} />
      )}
      {below > 0 && (
        // biome-ignore lint/a11y/noStaticElementInteractions: the space bar folds the selected node
        <g
          className={css.fold}
          data-folded={folded || undefined}
          transform={`translate(${placed.width},${placed.height / 2})`}
          onClick={(event) => {
            event.stopPropagation();
            onFold(placed.node);
          }}
        >
          <circle r={folded ? 9 : 6} />
          <text y={3.5}>{folded ? `+${below}` : '–'}</text>
        </g>
      )}
    </g>
  );
});

/** The draft's probability as a filled disc, the target's as a ring around the same middle: areas are probabilities. */
function Discs({ q, p }: { readonly q: number | null; readonly p: number | null }) {
  return (
    <g transform="translate(18,19)">
      <circle className={css.scale} r={discRadius} />
      {q !== null && <circle className={css.discDraft} r={radiusOf(q)} />}
      {p !== null && <circle className={css.discTarget} r={radiusOf(p)} />}
    </g>
  );
}

/** A fate's mark in a small box of its own, for legends. */
export function NodeMark({ look }: { readonly look: NodeLook }) {
  return (
    <svg className={css.legendMark} viewBox="-4 -4 18 18" width="18" height="18" aria-hidden="true">
      <g className={css.node} data-look={look}>
        <rect className={css.frame} x={-3} y={-3} width={16} height={16} rx={4} />
        <path className={css.mark} d={marks[look] ?? ''} />
      </g>
    </svg>
  );
}
