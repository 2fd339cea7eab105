import { ChevronDown } from 'lucide-react';
import type { ReactNode } from 'react';
import { Popover } from '../../../ui/popover.tsx';
import css from './setup.module.css';

interface Props {
  readonly label: string;
  readonly value: string;
  /** marks a setting that keeps the run from starting */
  readonly bad?: boolean;
  readonly disabled: boolean;
  readonly children: ReactNode;
}

/** One setting of the bar: its name and value, its controls in a popover. */
export function SetupField({ label, value, bad = false, disabled, children }: Props) {
  return (
    <Popover
      title={label}
      trigger={
        <button
          type="button"
          className={css.field}
          data-bad={bad || undefined}
          disabled={disabled}
          title={`${label}: ${value}`}
        >
          <span className={css.name}>{label}</span>
          <span className={css.value}>
            {value}
            <ChevronDown aria-hidden="true" />
          </span>
        </button>
      }
    >
      <div className={css.form}>{children}</div>
    </Popover>
  );
}
