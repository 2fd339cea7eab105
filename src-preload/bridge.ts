/** What `window.specula` offers, built from the contract's names and nothing else. */
import { type CallName, callNames } from '#shared/contract/calls.ts';
import { type EventName, eventNames } from '#shared/contract/events.ts';
import { callChannel, eventChannel, replySchema } from './channels.ts';

/** The part of Electron's `ipcRenderer` that the bridge uses. */
export interface Ipc {
  invoke(channel: string, input: unknown): Promise<unknown>;
  on(channel: string, listener: (event: unknown, name: unknown, data: unknown) => void): unknown;
}

type Listener = (data: unknown) => void;

export interface Bridge {
  /** Each rejects with an Error whose message is the failure's message. */
  readonly calls: Readonly<Record<CallName, (input: unknown) => Promise<unknown>>>;
  /** Returns a function that ends the subscription; throws for an event that the contract does not have. */
  on(event: string, listener: Listener): () => void;
}

export function createBridge(ipc: Ipc): Bridge {
  const listeners = new Map<EventName, Set<Listener>>(eventNames.map((name) => [name, new Set()]));
  ipc.on(eventChannel, (_event, name, data) => {
    const known = eventNames.find((candidate) => candidate === name);
    if (known !== undefined) for (const listener of listeners.get(known) ?? []) listener(data);
  });
  const entries = callNames.map((name) => [name, (input: unknown) => call(ipc, name, input)] as const);
  return {
    calls: Object.fromEntries(entries) as Bridge['calls'],
    on(event, listener) {
      const known = eventNames.find((candidate) => candidate === event);
      const set = known === undefined ? undefined : listeners.get(known);
      if (set === undefined) throw new Error(`the contract has no event named ${event}`);
      set.add(listener);
      return () => set.delete(listener);
    },
  };
}

async function call(ipc: Ipc, name: CallName, input: unknown): Promise<unknown> {
  const reply = replySchema.parse(await ipc.invoke(callChannel(name), input));
  if (reply.kind === 'result') return reply.output;
  const { message, detail } = reply.failure;
  throw new Error(message, detail === null ? undefined : { cause: detail });
}
