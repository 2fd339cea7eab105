/** Messages between the supervisor and the engine process. Typed arrays travel by structured clone. */
import { z } from 'zod';
import { deviceSchema } from '../../src-shared/contract/status.ts';
import { roundRecordSchema } from '../../src-shared/domain/round.ts';
import { fingerprintSchema, runSpecSchema, turnSchema } from '../../src-shared/domain/run.ts';
import { sampleSchema } from '../../src-shared/domain/sample.ts';

const gpuChoiceSchema = z.enum(['auto', 'cpu', 'cuda', 'vulkan', 'metal']);
export type GpuChoice = z.infer<typeof gpuChoiceSchema>;

const jobSchema = z.object({
  runId: z.string(),
  spec: runSpecSchema,
  sample: sampleSchema,
  image: z.object({
    width: z.number().int(),
    height: z.number().int(),
    rgb: z.custom<Uint8Array>((v) => v instanceof Uint8Array),
  }),
  files: z.object({
    target: z.string(),
    projector: z.string().nullable(),
    draft: z.string().nullable(),
    draftProjector: z.string().nullable(),
    /** a draft head of the target */
    head: z.string().nullable(),
  }),
  hashes: z.record(z.string(), z.string()),
  startPaused: z.boolean(),
  keepDrafts: z.boolean().optional(),
});

export const toEngineSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('init'),
    gpu: gpuChoiceSchema,
    crashFile: z.string(),
    appVersion: z.string(),
  }),
  z.object({ kind: z.literal('start'), job: jobSchema }),
  z.object({ kind: z.literal('control'), action: z.enum(['pause', 'continue', 'step', 'stop']) }),
  z.object({ kind: z.literal('shutdown') }),
]);
export type ToEngine = z.infer<typeof toEngineSchema>;

const runId = z.string();

export const fromEngineSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('ready'),
    variant: z.string(),
    release: z.string(),
    devices: z.array(deviceSchema),
  }),
  z.object({ kind: z.literal('unavailable'), reason: z.string() }),
  z.object({ kind: z.literal('loading'), what: z.string(), progress: z.number().nullable() }),
  z.object({ kind: z.literal('fingerprint'), runId, fingerprint: fingerprintSchema }),
  z.object({ kind: z.literal('turn'), runId, turn: turnSchema }),
  z.object({ kind: z.literal('rounds'), runId, records: z.array(roundRecordSchema).readonly() }),
  z.object({ kind: z.literal('state'), runId, status: z.enum(['running', 'paused']) }),
  z.object({
    kind: z.literal('end'),
    runId,
    status: z.enum(['done', 'stopped', 'failed']),
    reason: z.string().nullable(),
  }),
  z.object({ kind: z.literal('log'), line: z.string() }),
]);
export type FromEngine = z.infer<typeof fromEngineSchema>;
