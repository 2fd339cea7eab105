import type { ReactNode } from 'react';
import styles from './button.module.css';
import { Button, type ButtonProps } from './button.tsx';
import { cx } from './cx.ts';
import { Tooltip } from './tooltip.tsx';

interface IconButtonProps extends Omit<ButtonProps, 'children' | 'icon' | 'aria-label'> {
  /** name for assistive technology, and the tooltip's text */
  readonly label: string;
  /** shortcut shown in the tooltip, e.g. "g s" */
  readonly keys?: string;
  /** makes it a toggle */
  readonly pressed?: boolean;
  readonly children: ReactNode;
}

export function IconButton({ label, keys, pressed, className, variant = 'ghost', ...rest }: IconButtonProps) {
  return (
    <Tooltip content={label} keys={keys}>
      <Button
        {...rest}
        variant={variant}
        aria-label={label}
        aria-pressed={pressed}
        className={cx(styles.iconOnly, className)}
      />
    </Tooltip>
  );
}
