import { NumberField as Base } from '@base-ui/react/number-field';
import { ChevronDown, ChevronUp } from 'lucide-react';
import { cx } from './cx.ts';
import styles from './field.module.css';

interface NumberFieldProps {
  readonly value: number;
  /** told valid values only; an emptied field keeps the last one */
  readonly onChange: (value: number) => void;
  readonly label: string;
  readonly min?: number;
  readonly max?: number;
  readonly step?: number;
  readonly format?: Intl.NumberFormatOptions;
  readonly disabled?: boolean;
  readonly className?: string;
  /** CSS width; 72px unless given */
  readonly width?: string;
}

/** A number with arrow keys and small step buttons. */
export function NumberField(props: NumberFieldProps) {
  const { value, onChange, label, min, max, step = 1, format, disabled, className, width = '72px' } = props;
  return (
    <Base.Root
      value={value}
      min={min}
      max={max}
      step={step}
      format={format ?? { useGrouping: false, maximumFractionDigits: 6 }}
      disabled={disabled}
      onValueChange={(next) => {
        if (next !== null) onChange(next);
      }}
    >
      <Base.Group className={cx(styles.control, styles.number, className)} style={{ width }}>
        <Base.Input aria-label={label} />
        <span className={styles.steps}>
          <Base.Increment aria-label={`Increase ${label}`} tabIndex={-1}>
            <ChevronUp />
          </Base.Increment>
          <Base.Decrement aria-label={`Decrease ${label}`} tabIndex={-1}>
            <ChevronDown />
          </Base.Decrement>
        </span>
      </Base.Group>
    </Base.Root>
  );
}
