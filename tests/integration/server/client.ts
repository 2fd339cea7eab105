/** A workbench server with what a test needs to talk to it as a browser would, and as an attacker would. */
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { listen, type RunningServer } from '../../../src-main/server/server.ts';
import type { SocketLimits } from '../../../src-main/server/socket.ts';
import type { EventListener, Workbench } from '../../../src-main/workbench.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export class TestServer {
  readonly server: RunningServer;
  readonly token: string;
  readonly #folder: string;

  private constructor(server: RunningServer, folder: string) {
    this.server = server;
    this.token = new URL(server.url).searchParams.get('token') ?? '';
    this.#folder = folder;
  }

  static async start(
    workbench: Pick<Workbench, 'call' | 'subscribe' | 'image'>,
    limits?: SocketLimits,
  ): Promise<TestServer> {
    const folder = mkdtempSync(join(tmpdir(), 'specula-server-'));
    const renderer = join(folder, 'renderer');
    mkdirSync(join(renderer, 'assets'), { recursive: true });
    writeFileSync(join(renderer, 'index.html'), '<!doctype html><title>the window</title>');
    writeFileSync(join(renderer, 'assets', 'index-abc123.js'), 'export {};');
    writeFileSync(join(folder, 'secret.txt'), 'not served');
    const server = await listen({ workbench, renderer, ...(limits === undefined ? {} : { limits }) });
    return new TestServer(server, folder);
  }

  /** A raw request: path and headers are sent as they are. */
  get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port: this.server.port, path, method, headers, agent: false };
      const request = httpRequest(options, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks),
          }),
        );
      });
      request.once('error', reject);
      request.end();
    });
  }

  /** The cookie that a first visit with the token gives. */
  async cookie(): Promise<string> {
    const { headers } = await this.get(`/?token=${this.token}`);
    return headers['set-cookie']?.[0]?.split(';')[0] ?? '';
  }

  /** Resolves to an open socket, or to the status of the refusal. */
  connect(path: string, headers: Record<string, string>): Promise<WebSocket | number> {
    return new Promise((resolve) => {
      const socket = new WebSocket(`ws://127.0.0.1:${this.server.port}${path}`, { headers });
      socket.once('open', () => resolve(socket));
      socket.once('unexpected-response', (_, response) => resolve(response.statusCode ?? 0));
      socket.once('error', () => resolve(0));
    });
  }

  /** A window's socket, logged in. */
  async window(): Promise<WebSocket> {
    const socket = await this.connect('/socket', {
      Cookie: await this.cookie(),
      Origin: `http://127.0.0.1:${this.server.port}`,
    });
    if (typeof socket === 'number') throw new Error(`the socket was refused with ${socket}`);
    return socket;
  }

  async close(): Promise<void> {
    await this.server.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Sends a text and resolves to the next message. */
export async function ask(socket: WebSocket, text: string | Buffer): Promise<unknown> {
  const answer = once(socket, 'message');
  socket.send(text);
  const [data] = await answer;
  return JSON.parse(String(data));
}

/** A surface whose events a test sends by itself. */
export class EventSource {
  readonly #listeners = new Set<EventListener>();

  get count(): number {
    return this.#listeners.size;
  }

  readonly emit: EventListener = (event, data) => {
    for (const listener of this.#listeners) listener(event, data);
  };

  readonly subscribe = (listener: EventListener): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
}
