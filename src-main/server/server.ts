import { createServer, type Server } from 'node:http';
import { ExpectedError } from '../rpc/expected.ts';
import type { Workbench } from '../workbench.ts';
import { Access, isLoopback } from './access.ts';
import { createRequestListener } from './http.ts';
import { attachSockets, type SocketLimits } from './socket.ts';

export interface ServerOptions {
  readonly workbench: Pick<Workbench, 'call' | 'subscribe' | 'image'>;
  /** folder of the built renderer */
  readonly renderer: string;
  /** a loopback address; 127.0.0.1 when left out */
  readonly host?: string | undefined;
  /** 0 or left out: any free one */
  readonly port?: number | undefined;
  readonly limits?: SocketLimits;
}

export interface RunningServer {
  /** with the token: whoever has it can use the workbench */
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Serves the window to browsers on this computer.
 * @throws ExpectedError for an address that others could reach, or a port that is taken
 */
export async function listen(options: ServerOptions): Promise<RunningServer> {
  const host = options.host === undefined || options.host === 'localhost' ? '127.0.0.1' : options.host;
  if (!isLoopback(host)) {
    throw new ExpectedError(
      `Refused to listen on ${host}: other computers could reach it, and whoever reaches Specula can read files and use this machine. Listen on 127.0.0.1 and use an ssh tunnel: ssh -L PORT:127.0.0.1:PORT this-machine.`,
    );
  }
  const server = createServer();
  const port = await bind(server, host, options.port ?? 0);
  const access = new Access(port);
  server.on(
    'request',
    createRequestListener({ access, renderer: options.renderer, image: options.workbench.image }),
  );
  const endSockets = attachSockets({ server, access, ...options });
  const name = host.includes(':') ? `[${host}]` : host;
  return {
    url: `http://${name}:${port}/?token=${access.token}`,
    port,
    close() {
      endSockets();
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

function bind(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(bindError(error, host, port)));
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function bindError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  const known: Readonly<Record<string, string>> = {
    EADDRINUSE: `Port ${port} is taken by another program. Choose another one with --port.`,
    EACCES: `Port ${port} may not be used. Choose one above 1023 with --port.`,
    EADDRNOTAVAIL: `This computer has no address ${host}. Use 127.0.0.1.`,
  };
  const message = known[error.code ?? ''];
  return message === undefined ? error : new ExpectedError(message, null, { cause: error });
}
