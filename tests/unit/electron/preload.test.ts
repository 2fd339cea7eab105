import { readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { createBridge, type Ipc } from '../../../src-preload/bridge.ts';
import { eventChannel, type Reply } from '../../../src-preload/channels.ts';
import { callNames } from '../../../src-shared/contract/calls.ts';
import { eventNames } from '../../../src-shared/contract/events.ts';

/** An ipcRenderer that remembers what it was asked and answers as told. */
function ipc(reply: Reply) {
  const invoked: [string, unknown][] = [];
  const listened: string[] = [];
  let send: (name: unknown, data: unknown) => void = () => {};
  const ipc: Ipc = {
    async invoke(channel, input) {
      invoked.push([channel, input]);
      return reply;
    },
    on(channel, listener) {
      listened.push(channel);
      send = (name, data) => listener({}, name, data);
    },
  };
  return { ipc, invoked, listened, send: (name: unknown, data: unknown) => send(name, data) };
}

test('exposes the calls of the contract, `on`, and nothing else', async () => {
  const fake = ipc({ kind: 'result', output: 7 });
  const bridge = createBridge(fake.ipc);
  expect(Object.keys(bridge).sort()).toEqual(['calls', 'on']);
  expect(Object.keys(bridge.calls).sort()).toEqual([...callNames].sort());
  for (const name of callNames) expect(await bridge.calls[name]({ asked: name })).toBe(7);
  expect(fake.invoked).toEqual(callNames.map((name) => [`specula:${name}`, { asked: name }]));
  expect(fake.listened).toEqual([eventChannel]);
});

test('rejects with the message of the failure, as it is', async () => {
  const { ipc: failing } = ipc({ kind: 'failure', failure: { message: 'no such run', detail: 'r1' } });
  const { calls } = createBridge(failing);
  await expect(calls['runs.list']({})).rejects.toThrow(new Error('no such run', { cause: 'r1' }));
});

test('hands events to their listeners until they unsubscribe', () => {
  const fake = ipc({ kind: 'result', output: null });
  const bridge = createBridge(fake.ipc);
  for (const name of eventNames) {
    const listener = vi.fn();
    const end = bridge.on(name, listener);
    fake.send(name, { n: 1 });
    end();
    fake.send(name, { n: 2 });
    expect(listener.mock.calls).toEqual([[{ n: 1 }]]);
  }
});

test('knows no events beside the contract', () => {
  const fake = ipc({ kind: 'result', output: null });
  const bridge = createBridge(fake.ipc);
  expect(() => bridge.on('anything', () => {})).toThrow('no event named anything');
  expect(() => fake.send('anything', {})).not.toThrow();
});

test('the preload script exposes this bridge and does nothing more with Electron', () => {
  const source = readFileSync(new URL('../../../src-preload/index.ts', import.meta.url), 'utf8');
  const code = source.replace(/\/\*\*.*?\*\//s, '').replaceAll(/^import .*$/gm, '');
  expect(code.trim()).toBe("contextBridge.exposeInMainWorld('specula', createBridge(ipcRenderer));");
});
