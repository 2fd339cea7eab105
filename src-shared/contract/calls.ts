/**
 * Every call the window can make, as zod schemas: one place for the browser, Electron and the command line.
 * The main side validates inputs with these schemas; the types of both sides are inferred from them.
 */
import { z } from 'zod';
import { modelFileSchema, modelSetSchema } from '../domain/model.ts';
import { referenceAnswerSchema } from '../domain/reference.ts';
import { attentionFrameSchema, roundSchema, tokenPieceSchema } from '../domain/round.ts';
import { runSpecSchema, runSummarySchema, turnSchema } from '../domain/run.ts';
import { dataSetSchema, sampleSchema } from '../domain/sample.ts';
import { answerTokenSchema } from '../domain/token.ts';
import { draftTreeSchema } from '../domain/tree.ts';
import { appInfoSchema } from './status.ts';

const none = z.object({}).strict();
const ok = z.object({}).strict();
const runId = z.object({ runId: z.string().min(1).max(100) }).strict();

/** A sample in a list, with how many runs the database holds for it. */
export const sampleRowSchema = z.object({ sample: sampleSchema, runs: z.number().int() }).readonly();
export type SampleRow = z.infer<typeof sampleRowSchema>;

/** Rounds from `from` on that a run has from one run: itself, or one it was forked from. */
export const runSegmentSchema = z
  .object({ runId: z.string(), from: z.number().int(), spec: runSpecSchema })
  .readonly();
export type RunSegment = z.infer<typeof runSegmentSchema>;

/** What a run looks like when it is opened: everything but the trees and the attention, which come round by round. */
export const runDetailSchema = z
  .object({
    summary: runSummarySchema,
    turns: z.array(turnSchema).readonly(),
    rounds: z.array(roundSchema).readonly(),
    tokens: z.array(answerTokenSchema).readonly(),
    pieces: z.array(tokenPieceSchema).readonly(),
    /** where its rounds come from, oldest first; the last one is the run itself */
    segments: z.array(runSegmentSchema).min(1).readonly(),
  })
  .readonly();
export type RunDetail = z.infer<typeof runDetailSchema>;

export const roundDetailSchema = z
  .object({ tree: draftTreeSchema, attention: z.array(attentionFrameSchema).readonly() })
  .readonly();
export type RoundDetail = z.infer<typeof roundDetailSchema>;

export const runActions = ['pause', 'continue', 'step', 'stop'] as const;

export const calls = {
  'app.info': { input: none, output: appInfoSchema },
  'engine.restart': { input: none, output: ok },
  'dataSets.list': { input: none, output: z.array(dataSetSchema).readonly() },
  'dataSets.samples': {
    input: z.object({ dataSetId: z.string() }).strict(),
    output: z.array(sampleRowSchema).readonly(),
  },
  /** reference answers of a sample, one per turn; empty where the data set has none for it */
  'dataSets.reference': {
    input: z.object({ dataSetId: z.string(), sampleId: z.string() }).strict(),
    output: z.array(referenceAnswerSchema).readonly(),
  },
  /** adds a folder in MMSpec's format */
  'dataSets.add': {
    input: z.object({ folder: z.string().min(1).max(4096) }).strict(),
    output: dataSetSchema,
  },
  'dataSets.remove': { input: z.object({ dataSetId: z.string() }).strict(), output: ok },
  'models.list': {
    input: none,
    output: z
      .object({ files: z.array(modelFileSchema).readonly(), sets: z.array(modelSetSchema).readonly() })
      .readonly(),
  },
  'models.add': { input: z.object({ path: z.string().min(1).max(4096) }).strict(), output: modelFileSchema },
  'models.remove': { input: z.object({ id: z.string() }).strict(), output: ok },
  'runs.list': { input: none, output: z.array(runSummarySchema).readonly() },
  'runs.open': { input: runId, output: runDetailSchema },
  'runs.round': {
    input: z.object({ runId: z.string().min(1).max(100), index: z.number().int().min(0) }).strict(),
    output: roundDetailSchema,
  },
  'runs.delete': { input: z.object({ runIds: z.array(z.string()).min(1).max(10_000) }).strict(), output: ok },
  /** `step`: start paused and decode one round */
  'runs.start': {
    input: z.object({ spec: runSpecSchema, step: z.boolean() }).strict(),
    output: z.object({ runId: z.string() }).readonly(),
  },
  'runs.control': {
    input: z.object({ runId: z.string().min(1).max(100), action: z.enum(runActions) }).strict(),
    output: ok,
  },
} as const;

export type CallName = keyof typeof calls;
export type CallInput<N extends CallName> = z.input<(typeof calls)[N]['input']>;
export type CallOutput<N extends CallName> = z.output<(typeof calls)[N]['output']>;

export const callNames = Object.keys(calls) as readonly CallName[];

/** Whether a string from outside names a call. */
export function isCallName(name: string): name is CallName {
  return Object.hasOwn(calls, name);
}
