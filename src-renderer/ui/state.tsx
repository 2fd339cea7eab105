/** What a view shows instead of content: nothing there, something failed, still loading. */
import { TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from './button.tsx';
import { Spinner } from './progress.tsx';
import styles from './state.module.css';

interface EmptyStateProps {
  readonly icon?: ReactNode;
  readonly title: string;
  /** why it is empty and what to do */
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}

export function EmptyState({ icon, title, children, action }: EmptyStateProps) {
  return (
    <div className={styles.state}>
      {icon !== undefined && <div className={styles.icon}>{icon}</div>}
      <p className={styles.title}>{title}</p>
      {children !== undefined && <div className={styles.text}>{children}</div>}
      {action}
    </div>
  );
}

interface ErrorStateProps {
  /** what could not be done, e.g. "The runs could not be listed" */
  readonly title: string;
  readonly error: unknown;
  readonly onRetry?: () => void;
}

export function ErrorState({ title, error, onRetry }: ErrorStateProps) {
  return (
    <div className={styles.state} role="alert">
      <div className={styles.failed}>
        <TriangleAlert />
      </div>
      <p className={styles.title}>{title}</p>
      <div className={styles.text}>{errorText(error)}</div>
      {onRetry !== undefined && <Button onClick={onRetry}>Try again</Button>}
    </div>
  );
}

/** Appears after a moment only, so that quick answers do not flicker. */
export function LoadingState({ label }: { readonly label: string }) {
  return (
    <div className={styles.loading}>
      <Spinner label={label} />
      <span className={styles.text}>{label}…</span>
    </div>
  );
}

/** The message of anything that was thrown, and below it the detail that came with a failure of the main side. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return typeof error.cause === 'string' ? `${error.message}\n${error.cause}` : error.message;
}
