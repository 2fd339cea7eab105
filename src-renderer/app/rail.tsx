import { Link } from '@tanstack/react-router';
import { Images, Keyboard, ListTree, ScanEye } from 'lucide-react';
import type { ReactElement } from 'react';
import { IconButton } from '../ui/icon-button.tsx';
import { Tooltip } from '../ui/tooltip.tsx';
import styles from './rail.module.css';
import { ThemeMenu } from './theme-menu.tsx';

interface Entry {
  readonly to: '/samples' | '/inspect' | '/runs';
  readonly label: string;
  readonly keys: string;
  readonly icon: ReactElement;
}

const entries: readonly Entry[] = [
  { to: '/samples', label: 'Samples', keys: 'g s', icon: <Images /> },
  { to: '/inspect', label: 'Inspect', keys: 'g i', icon: <ScanEye /> },
  { to: '/runs', label: 'Runs', keys: 'g r', icon: <ListTree /> },
];

/** Screens on the left. A screen is left and entered again with the address it had. */
export function Rail({ onShowShortcuts }: { readonly onShowShortcuts: () => void }) {
  return (
    <nav className={styles.rail} aria-label="Screens">
      <img src="./icon.svg" alt="Specula" className={styles.mark} width="24" height="24" />
      {entries.map((entry) => (
        <Tooltip key={entry.to} content={entry.label} keys={entry.keys} side="right">
          <Link to={entry.to} className={styles.entry} activeOptions={{ includeSearch: false }}>
            {entry.icon}
            <span>{entry.label}</span>
          </Link>
        </Tooltip>
      ))}
      <div className={styles.bottom}>
        <ThemeMenu />
        <IconButton label="Keyboard shortcuts" keys="Shift+?" onClick={onShowShortcuts}>
          <Keyboard />
        </IconButton>
      </div>
    </nav>
  );
}
