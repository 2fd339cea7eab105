import { Link } from '@tanstack/react-router';
import { Command, Images, Keyboard, ListTree, ScanEye } from 'lucide-react';
import { IconButton } from '../ui/icon-button.tsx';
import { Tooltip } from '../ui/tooltip.tsx';
import { useLastSearch } from './last-search.ts';
import styles from './rail.module.css';
import { ThemeMenu } from './theme-menu.tsx';

const active = { includeSearch: false } as const;

/** The screens, on the left. */
export function Rail(props: { readonly onShowPalette: () => void; readonly onShowShortcuts: () => void }) {
  const { onShowPalette, onShowShortcuts } = props;
  const last = useLastSearch();
  return (
    <nav className={styles.rail} aria-label="Screens">
      <img src="./icon.svg" alt="Specula" className={styles.mark} width="24" height="24" />
      <Tooltip content="Samples" keys="g s" side="right">
        <Link to="/samples" search={last.samples} className={styles.entry} activeOptions={active}>
          <Images />
          Samples
        </Link>
      </Tooltip>
      <Tooltip content="Inspect" keys="g i" side="right">
        <Link to="/inspect" search={last.inspect} className={styles.entry} activeOptions={active}>
          <ScanEye />
          Inspect
        </Link>
      </Tooltip>
      <Tooltip content="Runs" keys="g r" side="right">
        <Link to="/runs" search={last.runs} className={styles.entry} activeOptions={active}>
          <ListTree />
          Runs
        </Link>
      </Tooltip>
      <div className={styles.bottom}>
        <IconButton label="Command palette" keys="$mod+k" onClick={onShowPalette}>
          <Command />
        </IconButton>
        <ThemeMenu />
        <IconButton label="Keyboard shortcuts" keys="Shift+?" onClick={onShowShortcuts}>
          <Keyboard />
        </IconButton>
      </div>
    </nav>
  );
}
