/** Electron's entry: one window over the same workbench that `specula serve` gives to a browser. */
import { join } from 'node:path';
import { app, BrowserWindow, dialog, nativeTheme, protocol, session, shell } from 'electron';
import { electronEngine } from './electron/engine-host.ts';
import { type Ipc, serveIpc } from './electron/ipc.ts';
import { setMenu } from './electron/menu.ts';
import { createProtocolHandler } from './electron/protocol.ts';
import { appScheme, hardenContents, hardenSession } from './electron/security.ts';
import { createWindow } from './electron/window.ts';
import { readWindowState, type WindowState, writeWindowState } from './electron/window-state.ts';
import { errorMessage } from './errors.ts';
import { homeFolder } from './storage/home.ts';
import { createWorkbench, type Workbench } from './workbench.ts';

protocol.registerSchemesAsPrivileged([
  { scheme: appScheme, privileges: { standard: true, secure: true, supportFetchAPI: true } },
]);

if (app.requestSingleInstanceLock()) {
  app.whenReady().then(start).catch(fail);
} else {
  app.quit();
}

function start(): void {
  const built = join(import.meta.dirname, '..');
  const home = homeFolder();
  const workbench = createWorkbench({
    host: 'electron',
    home,
    // a packaged app has models and samples beside its archive
    root: app.isPackaged ? process.resourcesPath : app.getAppPath(),
    version: app.getVersion(),
    forkEngine: electronEngine(join(import.meta.dirname, 'engine.js')),
  });
  disposeAtQuit(workbench);

  const stateFile = join(app.getPath('userData'), 'window.json');
  let state = readWindowState(stateFile);
  const keep = (change: Partial<WindowState>): void => {
    state = { ...state, ...change };
    writeWindowState(stateFile, state);
  };
  nativeTheme.themeSource = state.theme;

  hardenSession(session.defaultSession);
  app.on('web-contents-created', (_event, contents) =>
    hardenContents(contents, (address) => {
      shell.openExternal(address).catch((error: unknown) => console.warn(`${address}:`, errorMessage(error)));
    }),
  );
  const handle = createProtocolHandler({ folder: join(built, 'renderer'), image: workbench.image });
  protocol.handle(appScheme, handle);

  const windows = (): BrowserWindow[] => BrowserWindow.getAllWindows();
  const ipc: Ipc = serveIpc({
    answer: workbench.call,
    windows: () => windows().map((window) => window.webContents),
  });
  workbench.subscribe((event, data) => ipc.send(event, data));

  const open = (): void => {
    createWindow({ state, preload: join(built, 'preload', 'index.cjs'), onState: keep });
  };
  setMenu({ home, theme: state.theme, onTheme: (theme) => keep({ theme }) });
  open();

  app.on('second-instance', () => {
    const [window] = windows();
    if (window === undefined) return open();
    if (window.isMinimized()) window.restore();
    window.focus();
  });
  // on macOS an app stays without windows until it is left
  app.on('activate', () => {
    if (windows().length === 0) open();
  });
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  app.on('child-process-gone', (_event, details) => {
    console.error(`${details.name ?? details.type} process ended: ${details.reason} (${details.exitCode})`);
  });
}

/** Lets a live run and the engine end in order before the app does. */
function disposeAtQuit(workbench: Workbench): void {
  let disposed = false;
  app.on('will-quit', (event) => {
    if (disposed) return;
    event.preventDefault();
    workbench
      .dispose()
      .catch((error: unknown) => console.error('closing the workbench:', error))
      .finally(() => {
        disposed = true;
        app.quit();
      });
  });
}

function fail(error: unknown): void {
  console.error(error);
  dialog.showErrorBox('Specula could not start', errorMessage(error));
  app.exit(1);
}
