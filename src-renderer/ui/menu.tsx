import { Menu as Base } from '@base-ui/react/menu';
import type { ReactElement, ReactNode } from 'react';
import { cx } from './cx.ts';
import { Kbd } from './kbd.tsx';
import styles from './popup.module.css';

export type MenuItem =
  | {
      readonly id: string;
      readonly label: string;
      readonly icon?: ReactNode;
      readonly keys?: string;
      readonly danger?: boolean;
      readonly disabled?: boolean;
      readonly onSelect: () => void;
    }
  | { readonly id: string; readonly separator: true };

interface MenuProps {
  /** one button element that takes a ref and event handlers */
  readonly trigger: ReactElement<Record<string, unknown>>;
  readonly items: readonly MenuItem[];
  readonly side?: 'top' | 'right' | 'bottom' | 'left';
  readonly align?: 'start' | 'center' | 'end';
}

export function Menu({ trigger, items, side = 'bottom', align = 'start' }: MenuProps) {
  return (
    <Base.Root modal={false}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner side={side} align={align} sideOffset={4} className={styles.positioner}>
          <Base.Popup className={cx(styles.popup, styles.list)}>
            {items.map((item) =>
              'separator' in item ? (
                <Base.Separator key={item.id} className={styles.separator} />
              ) : (
                <Base.Item
                  key={item.id}
                  disabled={item.disabled}
                  onClick={item.onSelect}
                  className={cx(styles.item, item.danger === true && styles.danger)}
                >
                  {item.icon ?? <span />}
                  <span className={styles.itemText}>{item.label}</span>
                  {item.keys !== undefined && <Kbd keys={item.keys} />}
                </Base.Item>
              ),
            )}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
