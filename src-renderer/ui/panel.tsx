import type { ReactNode } from 'react';
import { cx } from './cx.ts';
import styles from './panel.module.css';

interface PanelProps {
  readonly title: string;
  /** quiet text behind the title, e.g. a count */
  readonly note?: ReactNode;
  /** controls at the right end of the title bar */
  readonly actions?: ReactNode;
  /** false: the content scrolls (or does not) by itself */
  readonly scroll?: boolean;
  readonly className?: string;
  readonly children: ReactNode;
}

/** A region with a title bar that fills its parent. */
export function Panel({ title, note, actions, scroll = true, className, children }: PanelProps) {
  return (
    <section aria-label={title} className={cx(styles.panel, className)}>
      <header className={styles.bar}>
        <h2 className={styles.title}>{title}</h2>
        {note !== undefined && <span className={styles.note}>{note}</span>}
        {actions !== undefined && <div className={styles.actions}>{actions}</div>}
      </header>
      {/* What scrolls has to take the focus, or the keyboard could not scroll it. */}
      <div tabIndex={scroll ? 0 : undefined} className={cx(styles.body, scroll && styles.scroll)}>
        {children}
      </div>
    </section>
  );
}
