/** `specula serve`: the workbench for a browser on this computer. */
import { spawn } from 'node:child_process';
import { startServer } from '../serve.ts';
import { exitCodes } from './exit.ts';
import type { Terminal } from './terminal.ts';

export interface ServeCommandOptions {
  readonly host?: string;
  readonly port?: number;
  /** undefined: where there is a desktop and somebody at the terminal */
  readonly open?: boolean;
}

/** Runs until `onInterrupt`'s callback is called. */
export async function serve(
  options: ServeCommandOptions,
  terminal: Terminal,
  onInterrupt: (stop: () => void) => void,
): Promise<number> {
  const server = await startServer(options);
  const stopped = Promise.withResolvers<void>();
  onInterrupt(() => stopped.resolve());
  terminal.out(`Specula is at ${server.url}\n`);
  terminal.out('Whoever has this address can use it. Press Ctrl+C to stop.\n');
  if (options.open ?? (process.stdout.isTTY && hasDesktop())) openBrowser(server.url, terminal);
  await stopped.promise;
  await server.close();
  return exitCodes.ok;
}

/** Whether a browser window could appear on this computer. */
export function hasDesktop(): boolean {
  if (process.platform === 'darwin' || process.platform === 'win32')
    return process.env.SSH_CONNECTION === undefined;
  return Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

/** Opens an address in the user's browser. A failure is told and changes nothing: the address is printed too. */
function openBrowser(url: string, terminal: Pick<Terminal, 'err'>): void {
  const [command, ...args] = browserCommand(url);
  const child = spawn(command, args, { stdio: 'ignore', detached: true });
  child.once('error', (error) => terminal.err(`No browser could be opened (${error.message}).\n`));
  child.unref();
}

function browserCommand(url: string): [string, ...string[]] {
  if (process.platform === 'darwin') return ['open', url];
  // `start` is a word of cmd; explorer takes an address as it is.
  if (process.platform === 'win32') return ['explorer.exe', url];
  return ['xdg-open', url];
}
