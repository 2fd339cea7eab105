import { Toggle } from '@base-ui/react/toggle';
import { ToggleGroup } from '@base-ui/react/toggle-group';
import type { ReactNode } from 'react';
import { cx } from './cx.ts';
import styles from './segmented.module.css';

export interface SegmentedOption<T extends string> {
  readonly value: T;
  readonly label: string;
  /** shown instead of the label, which stays its name */
  readonly icon?: ReactNode;
}

interface SegmentedProps<T extends string> {
  readonly value: T;
  readonly options: readonly SegmentedOption<T>[];
  readonly onChange: (value: T) => void;
  readonly label: string;
  readonly disabled?: boolean;
  readonly className?: string;
}

/** Choice among a few values that are all in sight. */
export function Segmented<T extends string>(props: SegmentedProps<T>) {
  const { value, options, onChange, label, disabled, className } = props;
  return (
    <ToggleGroup<T>
      value={[value]}
      disabled={disabled}
      aria-label={label}
      className={cx(styles.group, className)}
      onValueChange={(next) => {
        // Pressing the chosen one again empties the group: one stays chosen.
        const [chosen] = next;
        if (chosen !== undefined) onChange(chosen);
      }}
    >
      {options.map((option) => (
        <Toggle
          key={option.value}
          value={option.value}
          aria-label={option.label}
          title={option.icon === undefined ? undefined : option.label}
          className={styles.option}
        >
          {option.icon ?? option.label}
        </Toggle>
      ))}
    </ToggleGroup>
  );
}
