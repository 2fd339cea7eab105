/**
 * Every call the window can make, as zod schemas: one place for the browser, Electron and the command line.
 * The main side validates inputs with these schemas; the types of both sides are inferred from them.
 */
import { z } from 'zod';
import { breakpointsSchema, stopAtSchema } from '../domain/breakpoint.ts';
import { captureSpecSchema } from '../domain/capture.ts';
import { gateSpecSchema } from '../domain/gate.ts';
import { methodSpecSchema } from '../domain/method.ts';
import { modelFileSchema, modelSetSchema } from '../domain/model.ts';
import { referenceAnswerSchema } from '../domain/reference.ts';
import {
  attentionFrameSchema,
  headFrameSchema,
  roundRecordSchema,
  tokenPieceSchema,
} from '../domain/round.ts';
import { runSpecSchema, runSummarySchema, samplingSchema, turnSchema } from '../domain/run.ts';
import { dataSetSchema, sampleSchema } from '../domain/sample.ts';
import { draftTreeSchema } from '../domain/tree.ts';
import { roundColumnsSchema, tokenColumnsSchema } from './run-columns.ts';
import { appInfoSchema } from './status.ts';

const none = z.object({}).strict();
const ok = z.object({}).strict();
const upload = z.uuid();
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
    rounds: roundColumnsSchema,
    tokens: tokenColumnsSchema,
    pieces: z.array(tokenPieceSchema).readonly(),
    /** where its rounds come from, oldest first; the last one is the run itself */
    segments: z.array(runSegmentSchema).min(1).readonly(),
  })
  .readonly();
export type RunDetail = z.output<typeof runDetailSchema>;

export const roundDetailSchema = z
  .object({
    tree: draftTreeSchema,
    attention: z.array(attentionFrameSchema).readonly(),
    /** layers whose single heads are recorded too, see runs.heads */
    headLayers: z.array(z.number().int()).readonly(),
  })
  .readonly();
export type RoundDetail = z.infer<typeof roundDetailSchema>;

/** Attention maps of one round's tokens. */
export const roundMapsSchema = z.object({ round: z.number().int(), frame: attentionFrameSchema }).readonly();
export type RoundMaps = z.infer<typeof roundMapsSchema>;

const layer = z.number().int().min(0).max(10_000);

export const runActions = ['pause', 'continue', 'step', 'stop'] as const;

/** How a run is watched. */
const watch = { breakpoints: breakpointsSchema.default([]), stopAt: stopAtSchema.nullable().default(null) };

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
  /** the next piece of a picture's file; `upload`: one id for all its pieces, chosen by the window */
  'pictures.send': {
    input: z.object({ upload, part: z.base64().max(1_000_000) }).strict(),
    output: ok,
  },
  /** whether a picture that was sent can be used; `name` is for messages only */
  'pictures.check': {
    input: z.object({ upload, name: z.string().min(1).max(300) }).strict(),
    output: z.object({ width: z.number().int(), height: z.number().int() }).readonly(),
  },
  /** adds a picture that was sent, with a question, to the data set of own pictures */
  'pictures.ask': {
    input: z
      .object({ upload, name: z.string().min(1).max(300), question: z.string().trim().min(1).max(20_000) })
      .strict(),
    output: z.object({ dataSetId: z.string(), sampleId: z.string() }).readonly(),
  },
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
  /** attention of a layer, or of one of its heads (null: their mean), of the rounds in a range that have it */
  'runs.attention': {
    input: runId.extend({
      layer,
      head: layer.nullable(),
      from: z.number().int().min(0),
      count: z.number().int().min(1).max(1024),
    }),
    output: z.array(roundMapsSchema).readonly(),
  },
  /** attention of every head of a layer in one round; null where it is not recorded */
  'runs.heads': {
    input: runId.extend({ round: z.number().int().min(0), layer }),
    output: headFrameSchema.nullable(),
  },
  /**
   * Evaluates the tokens of a run that has ended once more and adds the attention that `capture` asks for; what is recorded
   * stays as it is. Answers when that has ended; runs.control stops it.
   */
  'runs.capture': {
    input: runId.extend({ capture: captureSpecSchema }),
    output: z.object({ status: z.enum(['done', 'stopped']) }).readonly(),
  },
  'runs.delete': { input: z.object({ runIds: z.array(z.string()).min(1).max(10_000) }).strict(), output: ok },
  /**
   * `step`: start paused and decode one round. With a breakpoint on the first difference from plain decoding, a plain run
   * is made and recorded first where there is none.
   */
  'runs.start': {
    input: z.object({ spec: runSpecSchema, step: z.boolean(), ...watch }).strict(),
    output: z.object({ runId: z.string() }).readonly(),
  },
  'runs.control': {
    input: z.object({ runId: z.string().min(1).max(100), action: z.enum(runActions) }).strict(),
    output: ok,
  },
  /** goes on until the place is reached, unless a breakpoint stops it before */
  'runs.runTo': { input: runId.extend({ stopAt: stopAtSchema }), output: ok },
  /** takes back all rounds of a paused run from `rounds` on */
  'runs.back': { input: runId.extend({ rounds: z.number().int().min(0) }), output: ok },
  /** replaces the breakpoints of a live run */
  'runs.breakpoints': { input: runId.extend({ breakpoints: breakpointsSchema }), output: ok },
  /**
   * Goes on from a run's rounds before `round` as a new run that shares them: what is left out of `change` is as in the
   * parent. A parent that is paused is stopped. `force`: set a token, after `keep` tokens of the parent's round `round`.
   */
  'runs.fork': {
    input: z
      .object({
        parent: z.string().min(1).max(100),
        round: z.number().int().min(0),
        step: z.boolean(),
        change: z
          .object({
            method: methodSpecSchema,
            draft: z.string().nullable(),
            draftProjector: z.string().nullable(),
            gate: gateSpecSchema,
            sampling: samplingSchema,
            maxTokens: z.number().int().min(1).max(65_536),
          })
          .partial()
          .strict(),
        force: z
          .object({ keep: z.number().int().min(0).max(1000), token: z.number().int().min(0) })
          .strict()
          .nullable(),
        questions: z
          .array(
            z.object({ turn: z.number().int().min(0).max(63), text: z.string().min(1).max(20_000) }).strict(),
          )
          .max(64),
        ...watch,
      })
      .strict(),
    output: z.object({ runId: z.string() }).readonly(),
  },
  /**
   * What another method would have drafted in a run's round, and what the target makes of it: that one round, decoded from
   * the run's tokens before it, without a gate. Nothing is recorded. Refused while a run is live.
   */
  'runs.draftOnce': {
    input: runId.extend({
      round: z.number().int().min(0),
      method: methodSpecSchema,
      draft: z.string().nullable(),
      draftProjector: z.string().nullable(),
    }),
    output: roundRecordSchema,
  },
  /** a text in the tokens of a run's target, to set one of them */
  'runs.tokenize': {
    input: runId.extend({ text: z.string().min(1).max(200) }),
    output: z.array(tokenPieceSchema).readonly(),
  },
} as const;

export type CallName = keyof typeof calls;
export type CallInput<N extends CallName> = z.input<(typeof calls)[N]['input']>;
/** What a handler gives and the wire carries; reading it with the schema makes a `CallOutput` of it. */
export type CallWire<N extends CallName> = z.input<(typeof calls)[N]['output']>;
export type CallOutput<N extends CallName> = z.output<(typeof calls)[N]['output']>;

export const callNames = Object.keys(calls) as readonly CallName[];

/** Whether a string from outside names a call. */
export function isCallName(name: string): name is CallName {
  return Object.hasOwn(calls, name);
}
