import { select, type ZoomBehavior, type ZoomTransform, zoom, zoomIdentity, zoomTransform } from 'd3';
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
import { fitting, rulerHeight, shiftInto } from './view.ts';

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
  /** nodes whose descendants are folded away */
  readonly folded: ReadonlySet<number>;
  readonly onFold: (node: number) => void;
  /** changes when the view should be fitted again, e.g. the round's number */
  readonly fitKey: string;
}

/** radius of a link's corners */
const corner = 6;
const directions: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};

/** Right-angled link; all children of a node share one vertical line. Children never lie above their parent. */
function linkPath(from: Placed, to: Placed): string {
  const start = `M${from.x + from.width},${from.y}`;
  if (from.y === to.y) return `${start}H${to.x}`;
  const bend = to.x - columnGap / 2;
  return `${start}H${bend - corner}Q${bend},${from.y} ${bend},${from.y + corner}V${to.y - corner}Q${bend},${to.y} ${bend + corner},${to.y}H${to.x}`;
}

/** A draft tree, left to right, one column per depth. Wheel zooms, drag pans, arrow keys walk, double click fits. */
export function DraftTree(props: Props) {
  const { nodes, parents, shown, path, own, selected, onSelect, folded, onFold, fitKey } = props;
  const [box, size] = useSize<HTMLDivElement>();
  const svg = useRef<SVGSVGElement>(null);
  const plane = useRef<SVGGElement>(null);
  const behaviour = useRef<ZoomBehavior<SVGSVGElement, unknown> | null>(null);
  const [transform, setTransform] = useState<ZoomTransform>(zoomIdentity);
  const [hover, setHover] = useState<{
    readonly node: number;
    readonly x: number;
    readonly y: number;
  } | null>(null);
  const id = useId();
  const committed = useMemo(() => (own === null ? path : new Set([...path, own])), [path, own]);
  const layout = useMemo(
    () =>
      layoutTree(
        parents,
        (node) => ({ width: nodes[node] === undefined ? 0 : nodeWidth(nodes[node]), height: nodeHeight }),
        (node) => shown(node) && !isFolded(parents, folded, node),
        committed,
      ),
    [nodes, parents, shown, folded, committed],
  );
  const below = useMemo(() => descendants(parents, shown), [parents, shown]);

  // The committed path is drawn last, above the lines that leave it.
  const links = useMemo(() => {
    const onPath = (node: number) => Number(committed.has(node));
    return layout.links.toSorted((a, b) => onPath(a.to.node) - onPath(b.to.node));
  }, [layout, committed]);

  useEffect(() => {
    if (svg.current === null) return;
    const z = zoom<SVGSVGElement, unknown>()
      .scaleExtent([0.2, 2.5])
      .on('zoom', (event: { transform: ZoomTransform }) => {
        // The plane is moved by itself: hundreds of nodes are not drawn anew for every frame.
        plane.current?.setAttribute('transform', event.transform.toString());
        setTransform(event.transform);
      });
    behaviour.current = z;
    const root = select(svg.current);
    root.call(z).on('dblclick.zoom', null);
    return () => void root.on('.zoom', null);
  }, []);

  const fitView = useCallback(() => {
    if (svg.current === null || behaviour.current === null || size.width === 0) return;
    select(svg.current).call(behaviour.current.transform, fitting(layout, size.width, size.height));
  }, [layout, size.width, size.height]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another round, the same shape: fitted all the same
  useEffect(fitView, [fitView, fitKey]);

  // A node that was chosen by keys or elsewhere comes into sight, also after a new fit.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    const placed = layout.nodes.find(({ node }) => node === selected);
    if (placed === undefined || svg.current === null || behaviour.current === null || size.width === 0)
      return;
    const [dx, dy] = shiftInto(zoomTransform(svg.current), placed, size.width, size.height);
    if (dx !== 0 || dy !== 0) select(svg.current).call(behaviour.current.translateBy, dx, dy);
  }, [selected, layout, size.width, size.height, fitKey]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const direction = directions[event.key];
    if (direction !== undefined) {
      const next = selected === null ? 0 : neighbour(layout, selected, direction);
      if (next !== null) onSelect(next);
    } else if (event.key === 'Escape' && selected !== null) onSelect(null);
    else if (event.key === 'f') fitView();
    else if (event.key === ' ' && selected !== null && (below[selected] ?? 0) > 0) onFold(selected);
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

  const body = useMemo(
    () => (
      <>
        {links.map(({ from, to }) => (
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
              below={below[placed.node] ?? 0}
              folded={folded.has(placed.node)}
              onSelect={onSelect}
              onFold={onFold}
            />
          );
        })}
      </>
    ),
    [links, layout, nodes, path, own, selected, below, folded, onSelect, onFold, id],
  );

  return (
    <div
      ref={box}
      className={css.box}
      role="tree"
      aria-label="Draft tree; arrow keys walk from node to node, the space bar folds a branch"
      aria-activedescendant={selected === null ? undefined : `${id}-${selected}`}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onDoubleClick={fitView}
      onPointerMove={onPointerMove}
      onPointerLeave={() => setHover(null)}
    >
      <svg ref={svg} className={css.svg} role="presentation">
        <g ref={plane}>{body}</g>
        <Ruler layout={layout} transform={transform} width={size.width} />
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

/** Names of the depths with their numbers of nodes, above their columns and always in sight. */
function Ruler({
  layout,
  transform,
  width,
}: {
  readonly layout: Layout;
  readonly transform: ZoomTransform;
  readonly width: number;
}) {
  return (
    <g className={css.ruler}>
      <rect width={width} height={rulerHeight} />
      <line x2={width} y1={rulerHeight} y2={rulerHeight} />
      {layout.columns.map((column, depth) => (
        // Columns are depths: their place is their identity.
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        <text key={depth} className={css.depth} x={transform.applyX(column.x) + 2} y={13}>
          {depth === 0 ? 'root' : `depth ${depth}`}
          {depth > 0 &&
            column.width * transform.k > 80 &&
            ` · ${layout.nodes.filter((n) => n.depth === depth).length}`}
        </text>
      ))}
    </g>
  );
}

/** Whether a node hangs from one that is folded. */
function isFolded(parents: readonly number[], folded: ReadonlySet<number>, node: number): boolean {
  for (let up = parents[node] ?? -1; up >= 0; up = parents[up] ?? -1) if (folded.has(up)) return true;
  return false;
}

/** How many shown nodes hang from each node. */
function descendants(parents: readonly number[], shown: (node: number) => boolean): number[] {
  const out = parents.map(() => 0);
  for (let node = parents.length - 1; node > 0; node -= 1) {
    const parent = parents[node] ?? 0;
    if (shown(node)) out[parent] = (out[parent] ?? 0) + (out[node] ?? 0) + 1;
  }
  return out;
}
