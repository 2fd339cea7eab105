import Sqlite from 'better-sqlite3';
import { expect, test, vi } from 'vitest';
import type { Handlers } from '../../../src-main/rpc/dispatch.ts';
import { createDispatch } from '../../../src-main/rpc/dispatch.ts';
import { ExpectedError } from '../../../src-main/rpc/expected.ts';
import { StorageError } from '../../../src-main/storage/errors.ts';

/** Handlers that fail in the way a test asks for; the ones not asked for fail the test. */
function dispatchWith(handlers: Partial<Handlers>, checkOutput = true) {
  const onUnexpected = vi.fn<(call: string, error: unknown) => void>();
  const others = new Proxy(handlers, {
    get: (given, name: keyof Handlers) =>
      given[name] ??
      (() => {
        throw new Error(`${name} was not expected`);
      }),
  }) as Handlers;
  return { call: createDispatch(others, { checkOutput, onUnexpected }), onUnexpected };
}

test('a valid call is answered', async () => {
  const { call } = dispatchWith({ 'runs.list': () => [] });
  expect(await call('runs.list', {})).toEqual({ kind: 'result', output: [] });
});

test('unknown calls and names of object members are failures', async () => {
  const { call, onUnexpected } = dispatchWith({});
  for (const name of ['nothing', 'toString', '__proto__', 'constructor', 'x'.repeat(5000)]) {
    const reply = await call(name, {});
    expect(reply).toMatchObject({ kind: 'failure' });
    expect(JSON.stringify(reply).length).toBeLessThan(300);
  }
  expect(onUnexpected).not.toHaveBeenCalled();
});

test('bad input never reaches the handler and says what is wrong', async () => {
  const handler = vi.fn<Handlers['runs.round']>();
  const { call } = dispatchWith({ 'runs.round': handler });
  const bad = [
    undefined,
    null,
    3,
    [],
    {},
    { runId: 'a' },
    { runId: 'a', index: -1 },
    { runId: 'a', index: 0, x: 1 },
  ];
  for (const input of bad) {
    expect(await call('runs.round', input)).toMatchObject({
      kind: 'failure',
      failure: { message: 'The input of runs.round is not valid.' },
    });
  }
  expect(await call('runs.round', { runId: 'a', index: 1.5 })).toMatchObject({
    failure: { detail: expect.stringContaining('index') },
  });
  expect(handler).not.toHaveBeenCalled();
});

test('expected failures are shown as they are, and not logged', async () => {
  const { call, onUnexpected } = dispatchWith({
    'runs.open': () => {
      throw new ExpectedError('There is no run x.', 'detail');
    },
    'runs.list': () => {
      throw new StorageError('The disk is full.');
    },
  });
  expect(await call('runs.open', { runId: 'x' })).toEqual({
    kind: 'failure',
    failure: { message: 'There is no run x.', detail: 'detail' },
  });
  expect(await call('runs.list', {})).toMatchObject({ failure: { message: 'The disk is full.' } });
  const full = new Sqlite.SqliteError('database or disk is full', 'SQLITE_FULL');
  const { call: onFullDisk } = dispatchWith({ 'runs.list': () => Promise.reject(full) });
  expect(await onFullDisk('runs.list', {})).toMatchObject({
    failure: { message: 'The database cannot grow: the disk is full. Free some space.' },
  });
  expect(onUnexpected).not.toHaveBeenCalled();
});

test('errors nobody planned for are told to the log with all they have, and shown short', async () => {
  const bug = new TypeError(`x is undefined\n${'long '.repeat(500)}`);
  const { call, onUnexpected } = dispatchWith({ 'runs.list': () => Promise.reject(bug) });
  expect(await call('runs.list', {})).toEqual({
    kind: 'failure',
    failure: { message: 'runs.list failed inside Specula: x is undefined', detail: null },
  });
  expect(onUnexpected).toHaveBeenCalledExactlyOnceWith('runs.list', bug);
});

test('with checks on, an output that breaks the contract is an error', async () => {
  // What TypeScript would not let a handler return.
  const handlers = { 'dataSets.add': () => ({ id: 3 }) } as unknown as Partial<Handlers>;
  const { call, onUnexpected } = dispatchWith(handlers);
  expect(await call('dataSets.add', { folder: '/x' })).toMatchObject({ kind: 'failure' });
  expect(onUnexpected).toHaveBeenCalledOnce();
});
