import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { socketLimits } from '../../../src-main/server/socket.ts';
import type { Workbench } from '../../../src-main/workbench.ts';
import { ask, EventSource, TestServer } from './client.ts';

const events = new EventSource();
let release = (): void => {};
const workbench: Pick<Workbench, 'call' | 'subscribe' | 'image'> = {
  call: async (name, input) => {
    if (name === 'slow') {
      await new Promise<void>((resolve) => {
        release = resolve;
      });
    }
    return { kind: 'result', output: { name, input } };
  },
  subscribe: events.subscribe,
  image: async () => null,
};

let server: TestServer;
beforeEach(async () => {
  server = await TestServer.start(workbench, { ...socketLimits, waiting: 2 ** 20, calls: 4 });
  vi.spyOn(console, 'warn').mockImplementation(() => {});
});
afterEach(async () => {
  await server.close();
  vi.restoreAllMocks();
});

test('a window needs the secret, our host and our origin', async () => {
  const cookie = await server.cookie();
  const origin = `http://127.0.0.1:${server.server.port}`;
  expect(await server.connect('/socket', {})).toBe(401);
  expect(await server.connect('/socket?token=wrong', { Origin: origin })).toBe(401);
  expect(await server.connect('/socket', { Cookie: cookie, Origin: 'http://evil.com' })).toBe(403);
  expect(await server.connect('/socket', { Cookie: cookie, Origin: 'http://127.0.0.1:3000' })).toBe(403);
  expect(
    await server.connect('/socket', { Cookie: cookie, Host: 'evil.com', Origin: 'http://evil.com' }),
  ).toBe(403);
  expect(await server.connect('/other', { Cookie: cookie, Origin: origin })).toBe(404);
  for (const [path, headers] of [
    ['/socket', { Cookie: cookie, Origin: origin }],
    [`/socket?token=${server.token}`, { Origin: origin }],
  ] as const) {
    const socket = await server.connect(path, headers as Record<string, string>);
    if (typeof socket === 'number') throw new Error(`refused with ${socket}`);
    socket.terminate();
  }
});

test('requests are answered by their number and events reach every window', async () => {
  const [a, b] = [await server.window(), await server.window()];
  expect(await ask(a, JSON.stringify({ id: 7, call: 'x', input: [1] }))).toEqual({
    kind: 'result',
    id: 7,
    output: { name: 'x', input: [1] },
  });
  const both = Promise.all([once(a, 'message'), once(b, 'message')]);
  events.emit('runs.deleted', { runIds: ['r'] });
  for (const [data] of await both) {
    expect(JSON.parse(String(data))).toEqual({
      kind: 'event',
      event: 'runs.deleted',
      data: { runIds: ['r'] },
    });
  }
});

test('messages that make no sense get a failure, and the window stays connected', async () => {
  const socket = await server.window();
  const nonsense = ['', 'no json', '[]', 'null', '{}', '{"id":"x"}', '"text"', Buffer.from([0xff, 0x00])];
  for (const text of nonsense) {
    expect(await ask(socket, text), String(text)).toMatchObject({ kind: 'failure', id: -1 });
  }
  expect(await ask(socket, '{"id":5,"call":3}')).toMatchObject({ kind: 'failure', id: 5 });
  expect(await ask(socket, '{"id":6,"call":"x","input":{},"more":1}')).toMatchObject({
    kind: 'failure',
    id: 6,
  });
  expect(await ask(socket, '{"id":8,"call":"x","input":{}}')).toMatchObject({ kind: 'result', id: 8 });
});

test('too large a message closes that window only', async () => {
  const [a, b] = [await server.window(), await server.window()];
  const closed = once(a, 'close');
  a.send('x'.repeat(socketLimits.message + 1));
  expect((await closed)[0]).toBe(1009);
  expect(await ask(b, '{"id":1,"call":"x","input":{}}')).toMatchObject({ kind: 'result' });
});

test('more calls at once than the limit are turned down until others are answered', async () => {
  const socket = await server.window();
  for (let id = 1; id <= 4; id++) socket.send(JSON.stringify({ id, call: 'slow', input: {} }));
  expect(await ask(socket, '{"id":5,"call":"x","input":{}}')).toMatchObject({ kind: 'failure', id: 5 });
  const answered = once(socket, 'message');
  release();
  expect(JSON.parse(String((await answered)[0]))).toMatchObject({ kind: 'result', id: 4 });
  expect(await ask(socket, '{"id":6,"call":"x","input":{}}')).toMatchObject({ kind: 'result', id: 6 });
});

test('a window that does not read is disconnected instead of filling the memory; others go on', async () => {
  const [slow, good] = [await server.window(), await server.window()];
  const received = { slow: 0, good: 0 };
  slow.on('message', () => {
    received.slow += 1;
  });
  good.on('message', () => {
    received.good += 1;
  });
  slow.pause();
  const runIds = ['x'.repeat(500_000)];
  const count = 100;
  for (let sent = 1; sent <= count; sent++) {
    events.emit('runs.deleted', { runIds });
    while (received.good < sent) await wait(1);
  }
  expect(console.warn).toHaveBeenCalledExactlyOnceWith(
    'window: it does not read what it is sent, and is disconnected',
  );
  const closed = once(slow, 'close');
  slow.resume();
  expect((await closed)[0]).toBe(1006);
  // Of 50 MB only what the operating system took and the limit of 1 MiB can have been kept for it.
  expect(received.slow).toBeLessThan(count / 2);
  expect(received.good).toBe(count);
});

test('closing the server ends its windows and its subscription', async () => {
  const socket = await server.window();
  const before = events.count;
  const closed = once(socket, 'close');
  await server.server.close();
  await closed;
  expect(events.count).toBe(before - 1);
});
