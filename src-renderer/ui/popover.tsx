import { Popover as Base } from '@base-ui/react/popover';
import type { ReactElement, ReactNode } from 'react';
import styles from './popup.module.css';

interface PopoverProps {
  /** one button element that takes a ref and event handlers */
  readonly trigger: ReactElement<Record<string, unknown>>;
  readonly title?: string;
  /** name for assistive technology of one without a title */
  readonly label?: string;
  readonly side?: 'top' | 'right' | 'bottom' | 'left';
  readonly align?: 'start' | 'center' | 'end';
  readonly children: ReactNode;
}

export function Popover(props: PopoverProps) {
  const { trigger, title, label, side = 'bottom', align = 'start', children } = props;
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner side={side} align={align} sideOffset={6} className={styles.positioner}>
          <Base.Popup className={styles.popup} aria-label={label}>
            <div className={styles.popoverBody}>
              {title !== undefined && <Base.Title className={styles.popoverTitle}>{title}</Base.Title>}
              {children}
            </div>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
