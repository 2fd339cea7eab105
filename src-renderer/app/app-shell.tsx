import { Outlet, useLocation } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { actionRegistry } from '../actions/registry.ts';
import { bindShortcuts } from '../actions/shortcuts.ts';
import { ShortcutsDialog } from '../actions/shortcuts-dialog.tsx';
import { useActions } from '../actions/use-actions.ts';
import { OwnPicture } from '../features/own-picture/own-picture.tsx';
import { Toaster } from '../ui/toaster.tsx';
import styles from './app-shell.module.css';
import { ConnectionBanner } from './connection-banner.tsx';
import { EngineStrip } from './engine-strip.tsx';
import { rememberSearch } from './last-search.ts';
import { CommandPalette } from './palette/command-palette.tsx';
import { Rail } from './rail.tsx';
import { useGlobalActions } from './use-global-actions.ts';

const titles: Readonly<Record<string, string>> = {
  '/samples': 'Samples · Specula',
  '/inspect': 'Inspect · Specula',
  '/runs': 'Runs · Specula',
};

/** The frame around every screen: rail, connection banner, engine strip, shortcuts. */
export function AppShell() {
  const [shortcutsOpen, setShortcutsOpen] = useState(false);
  const [paletteOpen, setPaletteOpen] = useState(false);
  useEffect(() => bindShortcuts(window, actionRegistry), []);
  const { pathname, search } = useLocation();
  useEffect(() => {
    document.title = titles[pathname] ?? 'Specula';
  }, [pathname]);
  useEffect(() => rememberSearch(pathname, search), [pathname, search]);
  useActions(
    useGlobalActions(
      () => setShortcutsOpen(true),
      () => setPaletteOpen(true),
    ),
  );
  return (
    <div className={styles.shell}>
      <Rail onShowPalette={() => setPaletteOpen(true)} onShowShortcuts={() => setShortcutsOpen(true)} />
      <div className={styles.column}>
        <main className={styles.main}>
          <Outlet />
          <ConnectionBanner />
        </main>
        <EngineStrip />
      </div>
      <ShortcutsDialog open={shortcutsOpen} onOpenChange={setShortcutsOpen} />
      <CommandPalette open={paletteOpen} onOpenChange={setPaletteOpen} />
      <OwnPicture />
      <Toaster />
    </div>
  );
}
