import { Slider as Base } from '@base-ui/react/slider';
import { cx } from './cx.ts';
import styles from './field.module.css';

interface SliderProps {
  readonly value: number;
  readonly onChange: (value: number) => void;
  /** told once, when the pointer is released or a key pressed */
  readonly onCommit?: (value: number) => void;
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly step?: number;
  /** shows the value behind the track */
  readonly format?: (value: number) => string;
  readonly disabled?: boolean;
  readonly className?: string;
}

export function Slider(props: SliderProps) {
  const { value, onChange, onCommit, label, min, max, step = 0.01, format, disabled, className } = props;
  return (
    <Base.Root
      className={cx(styles.slider, className)}
      value={value}
      min={min}
      max={max}
      step={step}
      disabled={disabled}
      thumbAlignment="edge"
      onValueChange={(next) => onChange(next)}
      onValueCommitted={(next) => onCommit?.(next)}
    >
      <Base.Control className={styles.sliderControl}>
        <Base.Track className={styles.sliderTrack}>
          <Base.Indicator className={styles.sliderIndicator} />
          <Base.Thumb aria-label={label} className={styles.sliderThumb} />
        </Base.Track>
      </Base.Control>
      {format !== undefined && <span className={styles.sliderValue}>{format(value)}</span>}
    </Base.Root>
  );
}
