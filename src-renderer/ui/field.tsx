import type { ReactNode } from 'react';
import { cx } from './cx.ts';
import styles from './field.module.css';

interface FieldProps {
  readonly label: string;
  /** label beside the control instead of above it */
  readonly inline?: boolean;
  readonly className?: string;
  readonly children: ReactNode;
}

/** A small visible label for a control; the control itself carries the accessible name through its `label`. */
export function Field({ label, inline = false, className, children }: FieldProps) {
  return (
    <div className={cx(styles.field, inline && styles.inline, className)}>
      <span className={styles.label} aria-hidden="true">
        {label}
      </span>
      {children}
    </div>
  );
}
