/** Messages between the supervisor and the engine process. Typed arrays travel by structured clone. */
import { z } from 'zod';
import { deviceSchema } from '../../src-shared/contract/status.ts';
import { breakHitSchema, breakpointsSchema, stopAtSchema } from '../../src-shared/domain/breakpoint.ts';
import { capturedRoundSchema, roundRecordSchema, tokenPieceSchema } from '../../src-shared/domain/round.ts';
import { fingerprintSchema, runSpecSchema, turnSchema } from '../../src-shared/domain/run.ts';
import { sampleSchema } from '../../src-shared/domain/sample.ts';

const gpuChoiceSchema = z.enum(['auto', 'cpu', 'cuda', 'vulkan', 'metal']);
export type GpuChoice = z.infer<typeof gpuChoiceSchema>;

const id = z.number().int();
const answersSchema = z.array(z.array(id).readonly()).readonly();

const resumeSchema = z
  .object({
    tokens: z.array(id).min(1).readonly(),
    rounds: z.number().int(),
    score: z.number().nullable(),
    drafted: z.boolean(),
  })
  .readonly();

const debugSchema = z.object({
  breakpoints: breakpointsSchema,
  stopAt: stopAtSchema.nullable(),
  plain: answersSchema.nullable(),
  start: z
    .object({
      answers: answersSchema,
      resume: resumeSchema.nullable(),
      rounds: z.number().int(),
      given: z.array(z.object({ token: id, by: z.enum(['parent', 'user']) }).readonly()).readonly(),
    })
    .nullable(),
});

const filesSchema = z.object({
  target: z.string(),
  projector: z.string().nullable(),
  draft: z.string().nullable(),
  draftProjector: z.string().nullable(),
  /** a draft head of the target */
  head: z.string().nullable(),
});

const jobSchema = z.object({
  runId: z.string(),
  spec: runSpecSchema,
  sample: sampleSchema,
  image: z.object({
    width: z.number().int(),
    height: z.number().int(),
    rgb: z.custom<Uint8Array>((v) => v instanceof Uint8Array),
  }),
  files: filesSchema,
  hashes: z.record(z.string(), z.string()),
  startPaused: z.boolean(),
  keepDrafts: z.boolean().optional(),
  debug: debugSchema.nullable().optional(),
});

const recaptureSchema = jobSchema
  .pick({ runId: true, spec: true, sample: true, image: true, files: true, hashes: true })
  .extend({
    turns: z
      .array(
        z
          .object({
            promptTokens: z.array(id).readonly(),
            rounds: z
              .array(z.object({ index: id, ids: z.array(id).min(1).readonly() }).readonly())
              .readonly(),
          })
          .readonly(),
      )
      .readonly(),
  });

const commandSchema = z.discriminatedUnion('action', [
  z.object({ action: z.enum(['pause', 'continue', 'step', 'stop']) }),
  z.object({ action: z.literal('run-to'), stopAt: stopAtSchema }),
  z.object({ action: z.literal('back'), backTo: z.number().int().min(0) }),
  z.object({
    action: z.literal('breakpoints'),
    breakpoints: breakpointsSchema,
    plain: answersSchema.nullable(),
  }),
]);

export const toEngineSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('init'),
    gpu: gpuChoiceSchema,
    crashFile: z.string(),
    appVersion: z.string(),
  }),
  z.object({ kind: z.literal('start'), job: jobSchema }),
  z.object({ kind: z.literal('recapture'), job: recaptureSchema }),
  z.object({ kind: z.literal('control'), command: commandSchema }),
  z.object({
    kind: z.literal('tokenize'),
    request: id,
    job: jobSchema.pick({ spec: true, files: true, hashes: true }),
    text: z.string(),
  }),
  z.object({ kind: z.literal('draft-once'), request: id, job: jobSchema }),
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
  z.object({
    kind: z.literal('captured'),
    runId,
    rounds: z.array(capturedRoundSchema).readonly(),
    /** 0..1, of all rounds */
    progress: z.number(),
  }),
  z.object({
    kind: z.literal('state'),
    runId,
    status: z.enum(['running', 'paused']),
    hit: breakHitSchema.nullable(),
  }),
  z.object({ kind: z.literal('taken-back'), runId, rounds: id, turn: id }),
  z.object({ kind: z.literal('tokens'), request: id, pieces: z.array(tokenPieceSchema).readonly() }),
  z.object({
    kind: z.literal('drafted'),
    request: id,
    fingerprint: fingerprintSchema,
    record: roundRecordSchema,
  }),
  z.object({ kind: z.literal('request-failed'), request: id, reason: z.string() }),
  z.object({
    kind: z.literal('end'),
    runId,
    status: z.enum(['done', 'stopped', 'failed']),
    reason: z.string().nullable(),
  }),
  z.object({ kind: z.literal('log'), line: z.string() }),
]);
export type FromEngine = z.infer<typeof fromEngineSchema>;
