import { Tooltip as Base } from '@base-ui/react/tooltip';
import type { ReactElement, ReactNode } from 'react';
import { Kbd } from './kbd.tsx';
import styles from './popup.module.css';

interface TooltipProps {
  readonly content: ReactNode;
  readonly keys?: string;
  readonly side?: 'top' | 'right' | 'bottom' | 'left';
  /** one element that takes a ref and event handlers */
  readonly children: ReactElement<Record<string, unknown>>;
}

/** Shown on hover and keyboard focus. Not for content that is found nowhere else. */
export function Tooltip({ content, keys, side = 'bottom', children }: TooltipProps) {
  return (
    <Base.Root>
      <Base.Trigger render={children} />
      <Base.Portal>
        <Base.Positioner side={side} sideOffset={6} className={styles.positioner}>
          <Base.Popup className={styles.tooltip}>
            {content}
            {keys !== undefined && <Kbd keys={keys} />}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

/** Shares the opening delay between neighbours; once at the root of the app. */
export const TooltipProvider = Base.Provider;
