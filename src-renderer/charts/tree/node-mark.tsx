import css from './draft-tree.module.css';
import { type LineStyle, looks } from './looks.ts';
import type { NodeLook } from './nodes.ts';

const stroke = ({ colour, width, dash }: LineStyle) => ({
  stroke: `var(--${colour})`,
  strokeWidth: width,
  strokeDasharray: dash.join(' '),
});

/** A fate's mark in a small box of its own, for legends. */
export function NodeMark({ look }: { readonly look: NodeLook }) {
  const { fill, frame, mark, markLine } = looks[look];
  return (
    <svg className={css.legendMark} viewBox="-4 -4 18 18" width="18" height="18" aria-hidden="true">
      <rect
        x={-3}
        y={-3}
        width={16}
        height={16}
        rx={4}
        style={{ fill: `var(--${fill})`, ...stroke(frame) }}
      />
      <path
        d={mark ?? ''}
        fill="none"
        strokeLinecap="round"
        strokeLinejoin="round"
        style={stroke(markLine)}
      />
    </svg>
  );
}
