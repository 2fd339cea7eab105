import type { ComponentProps, ReactNode } from 'react';
import styles from './button.module.css';
import { cx } from './cx.ts';

export interface ButtonProps extends ComponentProps<'button'> {
  readonly variant?: 'default' | 'primary' | 'ghost' | 'danger';
  readonly size?: 's' | 'm';
  /** shown before the text; lucide icons at 14 px */
  readonly icon?: ReactNode;
  readonly busy?: boolean;
}

/** A push button. `busy` disables it and says so to assistive technology, without changing its width. */
export function Button(props: ButtonProps) {
  const {
    variant = 'default',
    size = 'm',
    icon,
    busy = false,
    disabled,
    className,
    children,
    ...rest
  } = props;
  return (
    <button
      type="button"
      {...rest}
      disabled={disabled === true || busy}
      aria-busy={busy}
      className={cx(styles.button, styles[variant], size === 's' && styles.small, className)}
    >
      {icon}
      {children}
    </button>
  );
}
