import type { CallInput, CallName, CallWire } from '#shared/contract/calls.ts';
import type { EventData, EventName } from '#shared/contract/events.ts';

/** What the preload script puts on the window in Electron; absent in a browser. */
export interface SpeculaBridge {
  /** One named function per call of the contract; rejects with an Error whose message is the failure's message. */
  readonly calls: { readonly [N in CallName]: (input: CallInput<N>) => Promise<CallWire<N>> };
  /** Returns a function that ends the subscription. */
  on<N extends EventName>(event: N, listener: (data: EventData<N>) => void): () => void;
}

declare global {
  interface Window {
    readonly specula?: SpeculaBridge;
  }
}
