import { select, type ZoomBehavior, type ZoomTransform, zoom, zoomIdentity } from 'd3';
import {
  type KeyboardEvent,
  type PointerEvent,
  useCallback,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
} from 'react';
import { HoverBox } from '../hover-box.tsx';
import { useSize } from '../use-size.ts';
import css from './draft-tree.module.css';
import { columnGap, type Direction, type Layout, layoutTree, neighbour, type Placed } from './layout.ts';
import { NodeBox } from './node-box.tsx';
import { nodeHeight, nodeWidth, type TreeNode } from './nodes.ts';

interface Props {
  readonly nodes: readonly TreeNode[];
  /** `parents[i] < i`; node 0 is the root */
  readonly parents: readonly number[];
  readonly shown: (node: number) => boolean;
  /** nodes on the accepted path, drawn with strong links */
  readonly path: ReadonlySet<number>;
  /** node of the target's own token, linked by a dashed line; null without one */
  readonly own: number | null;
  readonly selected: number | null;
  readonly onSelect: (node: number | null) => void;
  /** changes when the view should be fitted again, e.g. the round's number */
  readonly fitKey: string;
}

const margin = 14;
/** room above the tree for the names of its columns */
const headroom = 16;
/** scale at which numbers can still be read */
const smallest = 0.66;
const directions: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};

/**
 * Transform that shows the whole layout, never enlarged. A tree too large to be read like that is shown from its root,
 * with the path that counted in the middle.
 */
function fitting(layout: Layout, path: ReadonlySet<number>, width: number, height: number): ZoomTransform {
  const room = height - 2 * margin - headroom;
  const scale = Math.min(
    1,
    (width - 2 * margin) / Math.max(1, layout.width),
    room / Math.max(1, layout.height),
  );
  const k = Math.max(smallest, scale);
  const free = room - layout.height * k;
  const onPath = layout.nodes.filter((placed) => placed.node === 0 || path.has(placed.node));
  const middle = onPath.reduce((sum, placed) => sum + placed.y, 0) / Math.max(1, onPath.length);
  const shift = free >= 0 ? free / 2 : Math.max(free, Math.min(0, room / 2 - middle * k));
  return zoomIdentity.translate(margin, margin + headroom + shift).scale(k);
}

function linkPath(from: Placed, to: Placed): string {
  const x1 = from.x + from.width;
  const mid = to.x - columnGap / 2;
  return `M${x1},${from.y}H${mid - 8}C${mid + 4},${from.y} ${mid - 4},${to.y} ${mid + 8},${to.y}H${to.x}`;
}

/** A draft tree, left to right, one column per depth. Wheel zooms, drag pans, arrow keys walk, double click fits. */
export function DraftTree(props: Props) {
  const { nodes, parents, shown, path, own, selected, onSelect, fitKey } = props;
  const [box, size] = useSize<HTMLDivElement>();
  const svg = useRef<SVGSVGElement>(null);
  const behaviour = useRef<ZoomBehavior<SVGSVGElement, unknown> | null>(null);
  const [transform, setTransform] = useState<ZoomTransform>(zoomIdentity);
  const [hover, setHover] = useState<{
    readonly node: number;
    readonly x: number;
    readonly y: number;
  } | null>(null);
  const id = useId();
  const layout = useMemo(
    () =>
      layoutTree(
        parents,
        (node) => ({ width: nodes[node] === undefined ? 0 : nodeWidth(nodes[node]), height: nodeHeight }),
        shown,
      ),
    [nodes, parents, shown],
  );

  useEffect(() => {
    if (svg.current === null) return;
    const z = zoom<SVGSVGElement, unknown>()
      .scaleExtent([0.2, 2.5])
      .on('zoom', (event: { transform: ZoomTransform }) => setTransform(event.transform));
    behaviour.current = z;
    const root = select(svg.current);
    root.call(z).on('dblclick.zoom', null);
    return () => void root.on('.zoom', null);
  }, []);

  const fitView = useCallback(() => {
    if (svg.current === null || behaviour.current === null || size.width === 0) return;
    select(svg.current).call(behaviour.current.transform, fitting(layout, path, size.width, size.height));
  }, [layout, path, size.width, size.height]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another round, the same shape: fitted all the same
  useEffect(fitView, [fitView, fitKey]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const direction = directions[event.key];
    if (direction !== undefined) {
      const next = selected === null ? 0 : neighbour(layout, selected, direction);
      if (next !== null) onSelect(next);
    } else if (event.key === 'Escape' && selected !== null) onSelect(null);
    else if (event.key === 'f') fitView();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    const target = event.target instanceof Element ? event.target.closest<SVGGElement>('[data-node]') : null;
    const node = Number(target?.dataset.node);
    setHover(target === null ? null : { node, x: event.clientX, y: event.clientY });
  };
  const hovered = hover === null ? undefined : nodes[hover.node];

  return (
    <div
      ref={box}
      className={css.box}
      role="tree"
      aria-label="Draft tree; arrow keys walk from node to node"
      aria-activedescendant={selected === null ? undefined : `${id}-${selected}`}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onDoubleClick={fitView}
      onPointerMove={onPointerMove}
      onPointerLeave={() => setHover(null)}
    >
      <svg ref={svg} className={css.svg} role="presentation">
        <g transform={transform.toString()}>
          {layout.columns.map((column, depth) => (
            // Columns are depths: their place is their identity.
            // biome-ignore lint/suspicious/noArrayIndexKey: see above
            <text key={depth} className={css.depth} x={column.x + 2} y={-9}>
              {depth === 0 ? 'root' : `depth ${depth}`}
            </text>
          ))}
          {layout.links.map(({ from, to }) => (
            <path
              key={to.node}
              className={css.link}
              data-kind={to.node === own ? 'own' : path.has(to.node) ? 'accepted' : nodes[to.node]?.look}
              d={linkPath(from, to)}
            />
          ))}
          {layout.nodes.map((placed) => {
            const node = nodes[placed.node];
            return node === undefined ? null : (
              <NodeBox
                key={placed.node}
                id={`${id}-${placed.node}`}
                placed={placed}
                node={node}
                selected={placed.node === selected}
                onSelect={onSelect}
              />
            );
          })}
        </g>
      </svg>
      {hover !== null && hovered !== undefined && (
        <HoverBox x={hover.x} y={hover.y}>
          <p className={css.reason}>
            <code>{hovered.label}</code> {hovered.reason}
          </p>
        </HoverBox>
      )}
    </div>
  );
}
