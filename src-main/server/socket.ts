/** The contract over WebSockets: requests of each window are answered, events go to every window. */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import { type Message, requestSchema } from '#shared/contract/transport.ts';
import type { Workbench } from '../workbench.ts';
import type { Access } from './access.ts';
import { parseUrl } from './http.ts';

const socketPath = '/socket';

export interface SocketLimits {
  /** bytes of one message from a window */
  readonly message: number;
  /** bytes that may wait for a window that does not read; more, and it is disconnected and has to come again */
  readonly waiting: number;
  /** calls of one window that may be worked on at once */
  readonly calls: number;
}

export const socketLimits: SocketLimits = { message: 2 ** 20, waiting: 64 * 2 ** 20, calls: 64 };

const pingEveryMs = 30_000;

export interface SocketOptions {
  readonly server: Server;
  readonly access: Access;
  readonly workbench: Pick<Workbench, 'call' | 'subscribe'>;
  readonly limits?: SocketLimits;
}

/** Takes over the server's upgrades. Returns a function that disconnects every window. */
export function attachSockets({
  server,
  access,
  workbench,
  limits = socketLimits,
}: SocketOptions): () => void {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: limits.message,
    perMessageDeflate: false,
  });
  const alive = new WeakSet<WebSocket>();

  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    const refusal = checkUpgrade(request, access);
    if (refusal !== null) {
      stream.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, stream, head, (socket) => {
      alive.add(socket);
      socket.on('pong', () => alive.add(socket));
      serveWindow(socket, workbench, limits);
    });
  });

  const endEvents = workbench.subscribe((event, data) => {
    if (sockets.clients.size === 0) return;
    const message: Message = { kind: 'event', event, data };
    const text = JSON.stringify(message);
    for (const socket of sockets.clients) send(socket, text, limits);
  });

  const ping = setInterval(() => {
    for (const socket of sockets.clients) {
      if (!alive.delete(socket)) socket.terminate();
      else socket.ping();
    }
  }, pingEveryMs);
  ping.unref();

  return () => {
    clearInterval(ping);
    endEvents();
    for (const socket of sockets.clients) socket.terminate();
    sockets.close();
  };
}

/** Status line of the refusal, or null when the window may connect. */
function checkUpgrade(request: IncomingMessage, access: Access): string | null {
  const url = parseUrl(request);
  if (url?.pathname !== socketPath) return '404 Not Found';
  if (!access.checkOrigin(request).ok) return '403 Forbidden';
  return access.checkSecret(request, url.searchParams.get('token')).ok ? null : '401 Unauthorized';
}

function serveWindow(socket: WebSocket, workbench: Pick<Workbench, 'call'>, limits: SocketLimits): void {
  let running = 0;
  const reply = (message: Message): void => send(socket, JSON.stringify(message), limits);
  const fail = (id: number, text: string): void =>
    reply({ kind: 'failure', id, failure: { message: text, detail: null } });

  const answer = async (data: RawData, isBinary: boolean): Promise<void> => {
    const request = isBinary ? null : parseRequest(data);
    if (request === null || request.call === null) {
      fail(request?.id ?? noId, 'The message is not a request of the form {id, call, input}.');
      return;
    }
    if (running >= limits.calls) {
      fail(request.id, 'Too many calls at once: wait for answers before asking more.');
      return;
    }
    running += 1;
    try {
      const result = await workbench.call(request.call, request.input);
      reply({ ...result, id: request.id });
    } finally {
      running -= 1;
    }
  };

  socket.on('message', (data, isBinary) => {
    answer(data, isBinary).catch((error: unknown) => {
      console.error('window:', error);
      socket.terminate();
    });
  });
  // A message beyond the limit or a broken frame: ws closes the connection, the window comes again.
  socket.on('error', (error) => console.warn(`window: ${error.message}`));
}

/** Id of failures that belong to no request. */
const noId = -1;
const idOnly = z.object({ id: z.number().int() });

/** The request, or only its id when the rest is not valid, or null. */
function parseRequest(
  data: RawData,
): { readonly id: number; readonly call: string | null; readonly input: unknown } | null {
  try {
    const json: unknown = JSON.parse(data.toString());
    const request = requestSchema.safeParse(json);
    if (request.success) return { ...request.data, input: request.data.input };
    const id = idOnly.safeParse(json);
    return id.success ? { id: id.data.id, call: null, input: null } : null;
  } catch {
    return null;
  }
}

/**
 * Sends unless too much is waiting already: then the window is disconnected, which frees the memory; it connects
 * again and asks for everything anew.
 */
function send(socket: WebSocket, text: string, limits: SocketLimits): void {
  if (socket.readyState !== WebSocket.OPEN) return;
  if (socket.bufferedAmount > limits.waiting) {
    console.warn('window: it does not read what it is sent, and is disconnected');
    socket.terminate();
    return;
  }
  socket.send(text);
}
