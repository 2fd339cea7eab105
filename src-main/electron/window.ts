/** The window: made with every lock on, put back where it was, and brought back after a crash. */
import { BrowserWindow, nativeTheme, screen } from 'electron';
import { appOrigin, lockedPreferences } from './security.ts';
import { defaultSize, fitBounds, smallest, type WindowState } from './window-state.ts';

export interface WindowOptions {
  readonly state: WindowState;
  readonly preload: string;
  /** called when the window was moved, resized, maximised or is about to close */
  readonly onState: (state: Pick<WindowState, 'bounds' | 'maximised'>) => void;
}

/** A second crash within this time shows the error page instead of trying again. */
const crashWindowMs = 60_000;

export function createWindow(options: WindowOptions): BrowserWindow {
  const areas = screen.getAllDisplays().map((display) => display.workArea);
  const window = new BrowserWindow({
    ...defaultSize,
    ...fitBounds(options.state.bounds, areas),
    minWidth: smallest.width,
    minHeight: smallest.height,
    show: false,
    title: 'Specula',
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#16181d' : '#ffffff',
    webPreferences: { ...lockedPreferences, preload: options.preload, spellcheck: false },
  });
  if (options.state.maximised) window.maximize();
  window.once('ready-to-show', () => window.show());
  reportState(window, options.onState);
  recover(window);
  load(window, `${appOrigin}/`);
  return window;
}

function load(window: BrowserWindow, address: string): void {
  window.loadURL(address).catch((error: unknown) => console.error(`could not load ${address}:`, error));
}

function reportState(window: BrowserWindow, onState: WindowOptions['onState']): void {
  let timer: NodeJS.Timeout | undefined;
  const report = (): void => {
    clearTimeout(timer);
    if (window.isDestroyed() || window.isMinimized()) return;
    // the size to return to, also while maximised
    onState({ bounds: window.getNormalBounds(), maximised: window.isMaximized() });
  };
  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(report, 500);
  };
  window.on('resize', soon);
  window.on('move', soon);
  window.on('maximize', soon);
  window.on('unmaximize', soon);
  window.on('close', report);
}

/** Reloads a window whose renderer died; when it dies again at once, says so on a page that needs no scripts. */
function recover(window: BrowserWindow): void {
  let last = Number.NEGATIVE_INFINITY;
  window.webContents.on('render-process-gone', (_event, details) => {
    if (details.reason === 'clean-exit' || window.isDestroyed()) return;
    console.error(`the window's process ended: ${details.reason} (${details.exitCode})`);
    const now = performance.now();
    load(window, now - last < crashWindowMs ? `${appOrigin}/window-crashed` : `${appOrigin}/`);
    last = now;
  });
  window.on('unresponsive', () => console.warn('the window does not respond'));
}
