/** The wire between preload script and Electron's main process: one channel per call, one for all events. */
import { z } from 'zod';
import type { CallName } from '#shared/contract/calls.ts';
import { failureSchema } from '#shared/contract/transport.ts';

/** Carries `(name, data)` of every event. */
export const eventChannel = 'specula:event';

export function callChannel(name: CallName): `specula:${CallName}` {
  return `specula:${name}`;
}

/** An answer in an envelope: Electron would wrap the message of a rejected handler in words of its own. */
export const replySchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('result'), output: z.unknown() }),
  z.object({ kind: z.literal('failure'), failure: failureSchema }),
]);
export type Reply = z.infer<typeof replySchema>;
