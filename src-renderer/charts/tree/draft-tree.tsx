import { select, type ZoomBehavior, type ZoomTransform, zoom, zoomTransform } from 'd3';
import {
  type KeyboardEvent,
  type PointerEvent,
  type RefObject,
  useCallback,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { prepareCanvas } from '../canvas.ts';
import { HoverBox } from '../hover-box.tsx';
import { useColours } from '../use-colours.ts';
import { useSize } from '../use-size.ts';
import css from './draft-tree.module.css';
import { drawTree, linksOf } from './draw.ts';
import type { Fonts } from './draw-node.ts';
import { type Direction, layoutTree, neighbour } from './layout.ts';
import { treeColours } from './looks.ts';
import { NodeItem } from './node-item.tsx';
import { nodeHeight, nodeWidth, type TreeNode } from './nodes.ts';
import { fitting, shiftInto } from './view.ts';

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

const directions: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};

/**
 * A draft tree, left to right, one column per depth. Wheel zooms, drag pans, arrow keys walk, double click fits. It is drawn
 * on a canvas, where 256 nodes move with every frame; elements without a look of their own lie above the nodes.
 */
export function DraftTree(props: Props) {
  const { nodes, parents, shown, path, own, selected, onSelect, folded, onFold, fitKey } = props;
  const [box, size] = useSize<HTMLDivElement>();
  const sight = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const plane = useRef<HTMLDivElement>(null);
  const behaviour = useRef<ZoomBehavior<HTMLDivElement, unknown> | null>(null);
  /** draws what was rendered last; the view moves without rendering anything anew */
  const draw = useRef<() => void>(() => {});
  const colours = useColours(treeColours);
  const fonts = useFonts(draw);
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

  const links = useMemo(() => linksOf(layout, nodes, path, own), [layout, nodes, path, own]);
  const columns = useMemo(
    () =>
      layout.columns.map((column, depth) => ({
        ...column,
        nodes: layout.nodes.filter((node) => node.depth === depth).length,
      })),
    [layout],
  );

  // Before the effects that move the view, which draw with it.
  useLayoutEffect(() => {
    draw.current = () => {
      if (canvas.current === null || sight.current === null || size.width === 0) return;
      drawTree(prepareCanvas(canvas.current, size), {
        layout,
        links,
        columns,
        nodes,
        selected,
        hovered: hover?.node ?? null,
        transform: zoomTransform(sight.current),
        ...size,
        colours,
        fonts,
      });
    };
    draw.current();
  });

  useEffect(() => {
    if (sight.current === null) return;
    const z = zoom<HTMLDivElement, unknown>()
      .scaleExtent([0.2, 2.5])
      .on('zoom', ({ transform: { x, y, k } }: { transform: ZoomTransform }) => {
        if (plane.current !== null) plane.current.style.transform = `translate(${x}px, ${y}px) scale(${k})`;
        draw.current();
      });
    behaviour.current = z;
    const root = select(sight.current);
    root.call(z).on('dblclick.zoom', null);
    return () => void root.on('.zoom', null);
  }, []);

  const fitView = useCallback(() => {
    if (sight.current === null || behaviour.current === null || size.width === 0) return;
    select(sight.current).call(behaviour.current.transform, fitting(layout, size.width, size.height));
  }, [layout, size.width, size.height]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another round, the same shape: fitted all the same
  useEffect(fitView, [fitView, fitKey]);

  // A node that was chosen by keys or elsewhere comes into sight, also after a new fit.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    const placed = layout.nodes.find(({ node }) => node === selected);
    if (placed === undefined || sight.current === null || behaviour.current === null || size.width === 0)
      return;
    const [dx, dy] = shiftInto(zoomTransform(sight.current), placed, size.width, size.height);
    if (dx !== 0 || dy !== 0) select(sight.current).call(behaviour.current.translateBy, dx, dy);
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
    const target = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-node]') : null;
    const node = Number(target?.dataset.node);
    setHover(target === null ? null : { node, x: event.clientX, y: event.clientY });
  };
  const hovered = hover === null ? undefined : nodes[hover.node];

  const items = useMemo(
    () =>
      layout.nodes.map((placed) => {
        const node = nodes[placed.node];
        return node === undefined ? null : (
          <NodeItem
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
      }),
    [layout, nodes, selected, below, folded, onSelect, onFold, id],
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
      <div ref={sight} className={css.sight} role="presentation">
        <canvas ref={canvas} className={css.canvas} />
        <div ref={plane} className={css.plane} role="presentation">
          {items}
        </div>
      </div>
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

/** Fonts of the tree as a canvas names them. `draw` is called once they are loaded. */
function useFonts(draw: RefObject<() => void>): Fonts {
  const [fonts] = useState(() => {
    const style = getComputedStyle(document.documentElement);
    const sans = style.getPropertyValue('--font-sans');
    return {
      label: `500 12px ${style.getPropertyValue('--font-mono')}`,
      detail: `10.5px ${sans}`,
      depth: `11px ${sans}`,
    };
  });
  useEffect(() => {
    // A font that cannot be had is replaced by the next of the family, which is there.
    const loaded = Promise.allSettled(Object.values(fonts).map((font) => document.fonts.load(font)));
    void loaded.then(() => draw.current());
  }, [fonts, draw]);
  return fonts;
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
