/** The menu, as one list. */
import { app, Menu, type MenuItemConstructorOptions, nativeTheme, shell } from 'electron';
import { type Theme, themes } from './window-state.ts';

export interface MenuActions {
  /** folder of the database, opened from the Help menu */
  readonly home: string;
  readonly theme: Theme;
  readonly onTheme: (theme: Theme) => void;
}

const themeLabels: Record<Theme, string> = { system: 'Like the system', light: 'Light', dark: 'Dark' };

/** Sets the application's menu. The theme holds where the window itself is set to follow the system. */
export function setMenu(actions: MenuActions): void {
  const mac = process.platform === 'darwin';
  const themeItems = themes.map(
    (theme): MenuItemConstructorOptions => ({
      label: themeLabels[theme],
      type: 'radio',
      checked: theme === actions.theme,
      click: () => {
        nativeTheme.themeSource = theme;
        actions.onTheme(theme);
      },
    }),
  );
  const view: MenuItemConstructorOptions[] = [
    { label: 'Theme', submenu: themeItems },
    { type: 'separator' },
    { role: 'resetZoom' },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    { type: 'separator' },
    { role: 'togglefullscreen' },
    { role: 'reload' },
    { role: 'toggleDevTools' },
  ];
  const help: MenuItemConstructorOptions[] = [
    { label: 'Open data folder', click: () => void shell.openPath(actions.home) },
    { label: 'About Specula', click: () => app.showAboutPanel() },
  ];
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      ...(mac ? [{ role: 'appMenu' } as const] : [{ role: 'fileMenu' } as const]),
      { role: 'editMenu' },
      { label: 'View', submenu: view },
      { role: 'windowMenu' },
      { label: 'Help', role: 'help', submenu: help },
    ]),
  );
}
