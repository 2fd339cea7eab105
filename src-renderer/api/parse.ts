import { z } from 'zod';
import { type CallName, type CallOutput, calls } from '#shared/contract/calls.ts';
import { type EventData, type EventName, events } from '#shared/contract/events.ts';

/** Validates what a call returned; the error names what did not fit. */
export function parseOutput<N extends CallName>(name: N, value: unknown): CallOutput<N> {
  // TypeScript does not carry the link between a name and its schema through an index; the contract holds it.
  return parse(calls[name].output, value, `answer to ${name}`) as CallOutput<N>;
}

/** Validates what an event brought; the error names what did not fit. */
export function parseEvent<N extends EventName>(name: N, value: unknown): EventData<N> {
  return parse(events[name], value, `event ${name}`) as EventData<N>;
}

function parse(schema: z.ZodType, value: unknown, what: string): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new Error(
    `The ${what} does not follow the contract: window and main side are of different versions, restart Specula. ` +
      z.prettifyError(result.error),
  );
}
