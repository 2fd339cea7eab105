import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import { required } from '#shared/domain/assert.ts';
import { backOff } from '../../../src-renderer/api/back-off.ts';
import {
  createWebSocketApi,
  lostMessage,
  notConnectedMessage,
  socketUrl,
  type WebSocketApi,
} from '../../../src-renderer/api/web-socket-api.ts';

const requestSchema = z.object({ id: z.number(), call: z.string(), input: z.unknown() });
type Answer = (request: z.output<typeof requestSchema>, socket: WebSocket) => void;

const open: { api?: WebSocketApi; server?: WebSocketServer } = {};
afterEach(async () => {
  open.api?.close();
  await stop(open.server);
});

async function serve(answer: Answer, port = 0): Promise<number> {
  const server = new WebSocketServer({ host: '127.0.0.1', port });
  open.server = server;
  server.on('connection', (socket) =>
    socket.on('message', (data) => answer(requestSchema.parse(JSON.parse(String(data))), socket)),
  );
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function stop(server: WebSocketServer | undefined): Promise<void> {
  for (const socket of server?.clients ?? []) socket.terminate();
  await new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(() => resolve())));
}

function connect(port: number): WebSocketApi {
  open.api = createWebSocketApi(`ws://127.0.0.1:${port}/socket`, { wait: () => 20 });
  return open.api;
}

const reply =
  (output: unknown): Answer =>
  ({ id }, socket) =>
    socket.send(JSON.stringify({ kind: 'result', id, output }));
const noModels = { files: [], sets: [] };

function broadcast(message: unknown): void {
  for (const socket of required(open.server, 'server').clients) {
    socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }
}

describe('calls', () => {
  it('sends calls made before the connection is up, and answers them by number, in any order', async () => {
    const held: (() => void)[] = [];
    const port = await serve((request, socket) => {
      const output = request.call === 'runs.list' ? [] : noModels;
      held.push(() => reply(output)(request, socket));
      if (held.length === 2) for (const send of held.reverse()) send();
    });
    const api = connect(port);
    await expect(Promise.all([api.call('runs.list', {}), api.call('models.list', {})])).resolves.toEqual([
      [],
      noModels,
    ]);
  });

  it('rejects with the message of a failure', async () => {
    const port = await serve(({ id }, socket) =>
      socket.send(
        JSON.stringify({ kind: 'failure', id, failure: { message: 'No run r1.', detail: 'stack' } }),
      ),
    );
    const failed = connect(port).call('runs.open', { runId: 'r1' });
    await expect(failed).rejects.toMatchObject({ message: 'No run r1.', cause: 'stack' });
  });

  it('rejects an answer that breaks the contract, naming the call', async () => {
    const port = await serve(reply({ files: 'none' }));
    await expect(connect(port).call('models.list', {})).rejects.toThrow(/answer to models\.list/);
  });

  it('is not disturbed by messages it cannot read', async () => {
    const complaint = vi.spyOn(console, 'error').mockImplementation(() => {});
    const port = await serve((request, socket) => {
      socket.send('not json');
      socket.send(JSON.stringify({ kind: 'unheard of' }));
      reply(noModels)({ ...request, id: 999 }, socket);
      reply(noModels)(request, socket);
    });
    await expect(connect(port).call('models.list', {})).resolves.toEqual(noModels);
    expect(complaint).toHaveBeenCalledTimes(2);
    complaint.mockRestore();
  });
});

describe('events', () => {
  it('reach their listeners until these end; others, unknown and broken ones do not', async () => {
    const complaint = vi.spyOn(console, 'error').mockImplementation(() => {});
    const api = connect(await serve(reply([])));
    const deleted = vi.fn();
    const end = api.on('runs.deleted', deleted);
    await api.call('runs.list', {});
    broadcast({ kind: 'event', event: 'models.changed', data: {} });
    broadcast({ kind: 'event', event: 'from.the.future', data: {} });
    broadcast({ kind: 'event', event: 'runs.deleted', data: { runIds: 7 } });
    broadcast({ kind: 'event', event: 'runs.deleted', data: { runIds: ['a'] } });
    await vi.waitFor(() => expect(deleted).toHaveBeenCalledWith({ runIds: ['a'] }));
    expect(deleted).toHaveBeenCalledTimes(1);
    expect(complaint).toHaveBeenCalledTimes(1);
    end();
    broadcast({ kind: 'event', event: 'runs.deleted', data: { runIds: ['b'] } });
    await api.call('runs.list', {});
    expect(deleted).toHaveBeenCalledTimes(1);
    complaint.mockRestore();
  });
});

describe('a lost connection', () => {
  it('rejects what is pending and what is asked meanwhile, then comes back by itself', async () => {
    const port = await serve((request, socket) => {
      if (request.call === 'models.list') reply(noModels)(request, socket);
    });
    const api = connect(port);
    const states: boolean[] = [];
    api.onConnection((connected) => states.push(connected));
    await api.call('models.list', {});

    const unanswered = api.call('runs.list', {});
    const rejected = expect(unanswered).rejects.toThrow(lostMessage);
    await stop(open.server);
    await rejected;
    await expect(api.call('runs.list', {})).rejects.toThrow(notConnectedMessage);

    await serve(reply([]), port);
    await vi.waitFor(() => expect(states).toEqual([true, true, false, true]));
    await expect(api.call('runs.list', {})).resolves.toEqual([]);
  });

  it('is told too when not even the first connection works', async () => {
    const port = await serve(reply([]));
    await stop(open.server);
    const api = connect(port);
    const states: boolean[] = [];
    api.onConnection((connected) => states.push(connected));
    await expect(api.call('runs.list', {})).rejects.toThrow(notConnectedMessage);
    expect(states).toEqual([true, false]);
  });

  it('stays away after close()', async () => {
    const port = await serve(reply([]));
    const api = connect(port);
    await api.call('runs.list', {});
    api.close();
    await expect(api.call('runs.list', {})).rejects.toThrow(/closed/);
    await vi.waitFor(() => expect(required(open.server, 'server').clients.size).toBe(0));
  });
});

it('waits longer from attempt to attempt, up to five seconds', () => {
  expect([0, 1, 2, 3].map(backOff)).toEqual([250, 500, 1000, 2000]);
  expect(backOff(50)).toBe(5000);
});

it('finds the socket beside the page', () => {
  expect(socketUrl('http://127.0.0.1:8470/?x=1#/runs?q=a')).toBe('ws://127.0.0.1:8470/socket');
  expect(socketUrl('https://host/specula/index.html')).toBe('wss://host/specula/socket');
});
