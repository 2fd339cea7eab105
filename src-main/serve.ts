import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { forkNodeEngine } from './engine/host.ts';
import { ExpectedError } from './rpc/expected.ts';
import { listen, type RunningServer } from './server/server.ts';
import { homeFolder } from './storage/home.ts';
import { createWorkbench } from './workbench.ts';

/** The checkout: models, samples and the built window lie in it. */
export const root = join(import.meta.dirname, '..');

export function version(): string {
  const file: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return z.object({ version: z.string() }).parse(file).version;
}

export interface ServeOptions {
  /** left out: `SPECULA_HOME` or the platform's place */
  readonly home?: string | undefined;
  /** a loopback address */
  readonly host?: string | undefined;
  /** left out: `defaultPort`, or any free one when that is taken */
  readonly port?: number | undefined;
}

/** The same at every start, so that a tunnel or a bookmark stays right. */
export const defaultPort = 8470;

/**
 * Starts a workbench and serves its window to browsers on this computer.
 * @throws ExpectedError, StorageError
 */
export async function startServer(options: ServeOptions = {}): Promise<RunningServer> {
  const renderer = join(root, 'out', 'renderer');
  if (!existsSync(join(renderer, 'index.html'))) {
    throw new ExpectedError('The window is not built yet. Run "npm run build:renderer", then try again.');
  }
  const workbench = createWorkbench({
    host: 'browser',
    home: options.home ?? homeFolder(),
    root,
    version: version(),
    forkEngine: forkNodeEngine,
  });
  try {
    const server = await listenSomewhere({ workbench, renderer, host: options.host }, options.port);
    return {
      ...server,
      async close() {
        await server.close();
        await workbench.dispose();
      },
    };
  } catch (error) {
    await workbench.dispose();
    throw error;
  }
}

async function listenSomewhere(
  options: Parameters<typeof listen>[0],
  port: number | undefined,
): Promise<RunningServer> {
  if (port !== undefined) return await listen({ ...options, port });
  try {
    return await listen({ ...options, port: defaultPort });
  } catch (error) {
    if (!(error instanceof ExpectedError)) throw error;
    return await listen({ ...options, port: 0 });
  }
}
