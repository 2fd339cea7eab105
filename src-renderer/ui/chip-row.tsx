import type { ReactNode } from 'react';
import styles from './chip.module.css';

/** Filters of a list, under the toolbar. */
export function ChipRow({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div role="toolbar" aria-label={label} className={styles.row}>
      {children}
    </div>
  );
}
