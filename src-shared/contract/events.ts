/** Events the main side sends to every window. */
import { z } from 'zod';
import { roundRecordSchema } from '../domain/round.ts';
import { runSummarySchema, turnSchema } from '../domain/run.ts';
import { engineStatusSchema } from './status.ts';

const runId = z.string();

export const events = {
  'engine.status': engineStatusSchema,
  /** a run was created or its status or totals changed */
  'run.summary': runSummarySchema,
  /** a turn's prompt was evaluated, or the turn ended */
  'run.turn': z.object({ runId, turn: turnSchema }).readonly(),
  'run.round': z.object({ runId, record: roundRecordSchema }).readonly(),
  /** rounds from `rounds` on were taken back; `turn` goes on from there */
  'run.back': z.object({ runId, rounds: z.number().int(), turn: z.number().int() }).readonly(),
  /** attention was added to a run that had ended */
  'run.captured': z.object({ runId }).readonly(),
  'runs.deleted': z.object({ runIds: z.array(z.string()).readonly() }).readonly(),
  'dataSets.changed': z.object({}).readonly(),
  'models.changed': z.object({}).readonly(),
} as const;

export type EventName = keyof typeof events;
export type EventData<N extends EventName> = z.output<(typeof events)[N]>;
export const eventNames = Object.keys(events) as readonly EventName[];
