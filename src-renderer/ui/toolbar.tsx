import type { ReactNode } from 'react';
import styles from './toolbar.module.css';

interface ToolbarProps {
  /** name of the screen */
  readonly title: string;
  readonly children: ReactNode;
}

/** The bar at the top of a screen: its name, then its controls. ToolbarSpace pushes what follows to the right. */
export function Toolbar({ title, children }: ToolbarProps) {
  return (
    <header className={styles.bar}>
      <h1 className={styles.title}>{title}</h1>
      {children}
    </header>
  );
}

export function ToolbarSpace() {
  return <span className={styles.space} />;
}

/** Quiet text in the bar, e.g. a count. */
export function ToolbarNote({ children }: { readonly children: ReactNode }) {
  return <span className={styles.note}>{children}</span>;
}
