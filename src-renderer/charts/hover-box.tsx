import type { ReactNode } from 'react';
import css from './hover-box.module.css';

interface Props {
  /** pointer position within the positioned parent, in CSS pixels */
  readonly x: number;
  readonly y: number;
  /** width of the parent: the box turns to the left of the pointer in its right half */
  readonly parentWidth: number;
  readonly parentHeight: number;
  readonly children: ReactNode;
}

/** A small box of facts beside the pointer, for canvases, where elements cannot carry their own. Never takes the pointer. */
export function HoverBox({ x, y, parentWidth, parentHeight, children }: Props) {
  const horizontal = x > parentWidth / 2 ? { right: parentWidth - x + 14 } : { left: x + 14 };
  const vertical = y > parentHeight / 2 ? { bottom: parentHeight - y + 8 } : { top: y + 8 };
  return (
    <div className={css.box} style={{ ...horizontal, ...vertical }}>
      {children}
    </div>
  );
}
