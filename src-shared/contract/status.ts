import { z } from 'zod';
import { breakHitSchema } from '../domain/breakpoint.ts';
import { fingerprintSchema } from '../domain/run.ts';

export const deviceSchema = z
  .object({
    name: z.string(),
    description: z.string(),
    type: z.enum(['cpu', 'gpu', 'igpu', 'accel']),
    memoryFree: z.number(),
    memoryTotal: z.number(),
  })
  .readonly();
export type Device = z.infer<typeof deviceSchema>;

/** State of the engine process. `crashed` is followed by `starting` unless it failed too often. */
export const engineStatusSchema = z
  .object({
    state: z.enum(['starting', 'idle', 'loading', 'running', 'paused', 'crashed', 'unavailable']),
    /** one line for the window: what it does, or why it is not available and what to do */
    detail: z.string(),
    /** 0..1 while loading or reading attention again, else null */
    progress: z.number().nullable(),
    variant: z.string().nullable(),
    llamaRelease: z.string().nullable(),
    devices: z.array(deviceSchema).readonly(),
    /** what the loaded models run with; null when nothing is loaded */
    loaded: fingerprintSchema.nullable(),
    runId: z.string().nullable(),
    /** which breakpoint the run waits at; null: it runs, or waits for another reason */
    hit: breakHitSchema.nullable(),
    /** crashes since the start of the app */
    restarts: z.number().int(),
    /** last log lines of the engine, newest last */
    logTail: z.array(z.string()).readonly(),
  })
  .readonly();
export type EngineStatus = z.infer<typeof engineStatusSchema>;

export const appInfoSchema = z
  .object({
    version: z.string(),
    host: z.enum(['electron', 'browser', 'cli']),
    home: z.string(),
    database: z.string(),
    engine: engineStatusSchema,
  })
  .readonly();
export type AppInfo = z.infer<typeof appInfoSchema>;
