import { Progress as Base } from '@base-ui/react/progress';
import { LoaderCircle } from 'lucide-react';
import styles from './progress.module.css';

export function Spinner({ label }: { readonly label: string }) {
  return <LoaderCircle role="status" aria-label={label} className={styles.spinner} />;
}

interface ProgressProps {
  /** 0..1; null: unknown */
  readonly value: number | null;
  readonly label: string;
  readonly className?: string;
}

export function Progress({ value, label, className }: ProgressProps) {
  return (
    <Base.Root value={value} min={0} max={1} aria-label={label} className={className}>
      <Base.Track className={styles.track}>
        <Base.Indicator className={styles.bar} />
      </Base.Track>
    </Base.Root>
  );
}
