import { memo } from 'react';
import css from './draft-tree.module.css';
import type { Placed } from './layout.ts';
import type { TreeNode } from './nodes.ts';

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

/** What the pointer and assistive technology find where the canvas shows a node. */
export const NodeItem = memo(function NodeItem(props: Props) {
  const { id, placed, node, selected, below, folded, onSelect, onFold } = props;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: arrow keys walk from node to node on the whole tree
    <div
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
      style={{
        left: placed.x,
        top: placed.y - placed.height / 2,
        width: placed.width,
        height: placed.height,
      }}
      onClick={() => onSelect(placed.node)}
    >
      {below > 0 && (
        <span
          className={css.fold}
          data-folded={folded || undefined}
          // for the pointer: the space bar folds the selected node
          aria-hidden="true"
          onClick={(event) => {
            event.stopPropagation();
            onFold(placed.node);
          }}
        >
          {folded ? `+${below}` : '–'}
        </span>
      )}
    </div>
  );
});
