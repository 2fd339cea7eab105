import { z } from 'zod';
import type { FromEngine } from './messages.ts';

const given = z.object({ runId: z.string() });
const asked = z.object({ request: z.number().int() });

/** What identifies a message whose rest may be anything. */
const addressSchema = z.union([
  z.object({ kind: z.enum(['start', 'recapture']), job: given }),
  asked.extend({ kind: z.enum(['tokenize', 'draft-once']) }),
  z.object({ kind: z.literal('init') }),
]);

/**
 * The engine's answer to a message that it does not understand: whoever waits for something is told why it does not come.
 * What nobody waits for is a line in the log.
 */
export function refusalOf(raw: unknown, error: z.ZodError): FromEngine {
  const address = addressSchema.safeParse(raw);
  const kind = z.object({ kind: z.string() }).safeParse(raw).data?.kind.slice(0, 40) ?? 'without a kind';
  const reason = `the engine does not understand the message "${kind}": workbench and engine are of different versions, restart Specula. ${z.prettifyError(error).slice(0, 1000)}`;
  if (!address.success) return { kind: 'log', line: reason };
  const to = address.data;
  if (to.kind === 'init') return { kind: 'unavailable', reason };
  if ('request' in to) return { kind: 'request-failed', request: to.request, reason };
  return { kind: 'end', runId: to.job.runId, status: 'failed', reason };
}
