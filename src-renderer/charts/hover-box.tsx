import type { ReactNode } from 'react';
import { createPortal } from 'react-dom';
import css from './hover-box.module.css';

interface Props {
  /** pointer position in the window, in CSS pixels */
  readonly x: number;
  readonly y: number;
  readonly children: ReactNode;
}

/**
 * A small box of facts beside the pointer, for canvases, where elements cannot carry their own. It lies above
 * everything, turns to the side with more room and never takes the pointer.
 */
export function HoverBox({ x, y, children }: Props) {
  const { innerWidth, innerHeight } = window;
  const horizontal = x > innerWidth / 2 ? { right: innerWidth - x + 14 } : { left: x + 14 };
  const vertical = y > innerHeight / 2 ? { bottom: innerHeight - y + 8 } : { top: y + 8 };
  return createPortal(
    <div className={css.box} style={{ ...horizontal, ...vertical }}>
      {children}
    </div>,
    document.body,
  );
}
