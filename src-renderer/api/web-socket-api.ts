/**
 * The contract over a WebSocket: numbered requests, events, reconnection with back-off.
 * Calls made before the first connection wait for it; calls made while a lost connection is being restored are
 * rejected at once, so that nothing happens later than the user asked for it.
 */
import type { CallName, CallOutput } from '#shared/contract/calls.ts';
import { type EventName, eventNames } from '#shared/contract/events.ts';
import { type Api, type Message, messageSchema } from '#shared/contract/transport.ts';
import { backOff } from './back-off.ts';
import { EventHub } from './event-hub.ts';
import { parseEvent, parseOutput } from './parse.ts';

interface Pending {
  readonly call: CallName;
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: Error) => void;
}

export const lostMessage =
  'The connection to Specula was lost before it answered. Check whether it took effect.';
export const notConnectedMessage = 'Specula is not connected. It reconnects by itself; try again then.';

export interface WebSocketApi extends Api {
  /** Ends the connection for good. */
  close(): void;
}

export interface WebSocketApiOptions {
  /** wait before reconnection attempt n, in milliseconds */
  readonly wait?: (attempt: number) => number;
}

/** Address of the socket of the server a page came from. Access is by the cookie that the page was given. */
export function socketUrl(page: string): string {
  const url = new URL('socket', page);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}

export function createWebSocketApi(url: string, options: WebSocketApiOptions = {}): WebSocketApi {
  const wait = options.wait ?? backOff;
  const hub = new EventHub();
  const pending = new Map<number, Pending>();
  const connectionListeners = new Set<(connected: boolean) => void>();
  /** requests made before the first connection */
  const waiting: string[] = [];
  let nextId = 1;
  let attempt = 0;
  let state: 'first' | 'open' | 'lost' | 'closed' = 'first';
  let timer: ReturnType<typeof setTimeout> | undefined;
  let socket = connect();

  function connect(): WebSocket {
    const next = new WebSocket(url);
    next.addEventListener('open', () => {
      attempt = 0;
      setState('open');
      for (const request of waiting.splice(0)) next.send(request);
    });
    next.addEventListener('message', (event) => receive(event.data));
    next.addEventListener('close', () => {
      if (state === 'closed') return;
      if (state === 'open') {
        rejectAll(lostMessage);
        setState('lost');
      } else if (attempt === 0) {
        // not even the first connection worked: tell, so that the window can say so
        rejectAll(notConnectedMessage);
        setState('lost');
      }
      timer = setTimeout(() => {
        socket = connect();
      }, wait(attempt++));
    });
    return next;
  }

  function setState(next: typeof state): void {
    state = next;
    for (const listener of connectionListeners) listener(state === 'open');
  }

  function rejectAll(message: string): void {
    waiting.length = 0;
    for (const { reject } of pending.values()) reject(new Error(message));
    pending.clear();
  }

  function receive(data: unknown): void {
    const message = parseMessage(data);
    if (message === null) return;
    if (message.kind === 'event') {
      const name = eventNames.find((known) => known === message.event);
      // A newer main side may send events this window does not know.
      if (name !== undefined) dispatch(name, message.data);
      return;
    }
    const request = pending.get(message.id);
    if (request === undefined) return;
    pending.delete(message.id);
    if (message.kind === 'failure') {
      const { message: text, detail } = message.failure;
      request.reject(new Error(text, detail === null ? undefined : { cause: detail }));
    } else {
      try {
        request.resolve(parseOutput(request.call, message.output));
      } catch (error) {
        request.reject(error instanceof Error ? error : new Error(String(error)));
      }
    }
  }

  function dispatch(name: EventName, data: unknown): void {
    try {
      hub.emit(name, parseEvent(name, data));
    } catch (error) {
      console.error(error);
    }
  }

  return {
    call(name, input) {
      return new Promise<CallOutput<typeof name>>((resolve, reject) => {
        if (state === 'lost') return reject(new Error(notConnectedMessage));
        if (state === 'closed') return reject(new Error('The connection to Specula is closed.'));
        const id = nextId++;
        // `resolve` is only called with what the output schema of `name` gave.
        pending.set(id, { call: name, resolve: resolve as (output: unknown) => void, reject });
        const request = JSON.stringify({ id, call: name, input });
        if (state === 'open') socket.send(request);
        else waiting.push(request);
      });
    },
    on: (event, listener) => hub.on(event, listener),
    onConnection(listener) {
      connectionListeners.add(listener);
      // Before the first attempt has ended nothing is known to be wrong.
      listener(state === 'open' || state === 'first');
      return () => connectionListeners.delete(listener);
    },
    close() {
      state = 'closed';
      clearTimeout(timer);
      rejectAll('The connection to Specula was closed.');
      socket.close();
    },
  };
}

function parseMessage(data: unknown): Message | null {
  if (typeof data !== 'string') return null;
  try {
    return messageSchema.parse(JSON.parse(data));
  } catch (error) {
    console.error('A message from Specula could not be read.', error);
    return null;
  }
}
