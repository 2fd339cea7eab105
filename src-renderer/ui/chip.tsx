import styles from './chip.module.css';
import { formatCount } from './format.ts';

interface ChipProps {
  readonly pressed: boolean;
  readonly onPress: () => void;
  readonly label: string;
  readonly count?: number;
}

/** A filter that is on or off, with how many items it matches. */
export function Chip({ pressed, onPress, label, count }: ChipProps) {
  return (
    <button type="button" aria-pressed={pressed} className={styles.chip} onClick={onPress}>
      {label}
      {count !== undefined && <span className={styles.count}>{formatCount(count)}</span>}
    </button>
  );
}
