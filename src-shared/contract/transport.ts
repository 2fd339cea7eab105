/** The wire between a window and the main side, the same over a WebSocket and over Electron's IPC. */
import { z } from 'zod';
import type { CallInput, CallName, CallOutput } from './calls.ts';
import type { EventData, EventName } from './events.ts';

export const requestSchema = z
  .object({ id: z.number().int(), call: z.string().max(100), input: z.unknown() })
  .strict();
export type Request = z.infer<typeof requestSchema>;

/** An expected failure: `message` names the thing and the remedy, fit to be shown as it is. */
export const failureSchema = z.object({ message: z.string(), detail: z.string().nullable() }).readonly();
export type Failure = z.infer<typeof failureSchema>;

export const messageSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('result'), id: z.number(), output: z.unknown() }),
  z.object({ kind: z.literal('failure'), id: z.number(), failure: failureSchema }),
  z.object({ kind: z.literal('event'), event: z.string(), data: z.unknown() }),
]);
export type Message = z.infer<typeof messageSchema>;

/** What the renderer sees of the main side, whatever the transport. */
export interface Api {
  /** Rejects with an Error whose message is the failure's message. */
  call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>>;
  /** Returns a function that ends the subscription. */
  on<N extends EventName>(event: N, listener: (data: EventData<N>) => void): () => void;
  /** true while connected; the listener is told changes */
  onConnection(listener: (connected: boolean) => void): () => void;
}

/** Relative address of a sample's image, in both hosts. `thumb`: at most 256 px. */
export function imageUrl(dataSetId: string, sampleId: string, thumb: boolean): string {
  const query = thumb ? '?size=thumb' : '';
  return `image/${encodeURIComponent(dataSetId)}/${encodeURIComponent(sampleId)}${query}`;
}
