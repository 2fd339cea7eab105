/**
 * The shell's rules about who may do what. Nothing here imports Electron: sessions and contents are handed in, so
 * that the rules can be tested without its binary.
 */
import type { Session, WebContents, WebPreferences } from 'electron';

export const appScheme = 'app';
export const appOrigin = 'app://specula';

/** Every lock on, most of them Electron's defaults: said here so that a test can hold them. */
export const lockedPreferences = {
  contextIsolation: true,
  sandbox: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  webviewTag: false,
  navigateOnDragDrop: false,
} as const satisfies WebPreferences;

/** Sites that links in the window may open in the user's browser: papers, models, sources. */
const externalHosts: ReadonlySet<string> = new Set([
  'aclanthology.org',
  'arxiv.org',
  'doi.org',
  'github.com',
  'huggingface.co',
  'openreview.net',
]);

/** Whether an address has the app's origin. Node's URL gives custom schemes no origin, so parts are compared. */
export function isAppUrl(address: string): boolean {
  const url = URL.parse(address);
  return url !== null && `${url.protocol}//${url.host}` === appOrigin && url.username === '';
}

/** Whether a link may leave the app: https, default port, no credentials, a host of the list or its `www.` */
export function isAllowedExternal(address: string): boolean {
  const url = URL.parse(address);
  if (url === null || url.protocol !== 'https:' || url.port !== '') return false;
  if (url.username !== '' || url.password !== '') return false;
  return externalHosts.has(url.hostname.replace(/^www\./, ''));
}

/** What an IPC message says about its sender; the frame is null once it has navigated or gone. */
export interface Sender {
  readonly frame: { readonly origin: string; readonly parent: unknown } | null;
  readonly contentsId: number;
}

/** Only the top frame of a window that this shell made, showing the app itself, may call the main side. */
export function isTrustedSender(sender: Sender, windows: ReadonlySet<number>): boolean {
  if (sender.frame === null || sender.frame.parent !== null) return false;
  return sender.frame.origin === appOrigin && windows.has(sender.contentsId);
}

/** The window may write to the clipboard; every other permission is refused. */
export function isAllowedPermission(permission: string, requestingUrl: string): boolean {
  return permission === 'clipboard-sanitized-write' && isAppUrl(requestingUrl);
}

/** Denies permissions and devices by default. */
export function hardenSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, answer, details) =>
    answer(isAllowedPermission(permission, details.requestingUrl)),
  );
  session.setPermissionCheckHandler((_contents, permission, origin) =>
    isAllowedPermission(permission, origin),
  );
  session.setDevicePermissionHandler(() => false);
}

/** Keeps contents on the app's pages: other addresses go to the user's browser or nowhere, webviews are refused. */
export function hardenContents(contents: WebContents, openExternal: (address: string) => void): void {
  const leave = (address: string): void => {
    if (isAllowedExternal(address)) openExternal(address);
    else console.warn(`blocked: the window asked for ${address}`);
  };
  const stay = (event: { readonly url: string; preventDefault(): void }): void => {
    if (isAppUrl(event.url)) return;
    event.preventDefault();
    leave(event.url);
  };
  contents.on('will-frame-navigate', stay);
  contents.on('will-redirect', stay);
  contents.setWindowOpenHandler(({ url }) => {
    leave(url);
    return { action: 'deny' };
  });
  contents.on('will-attach-webview', (event) => event.preventDefault());
}
