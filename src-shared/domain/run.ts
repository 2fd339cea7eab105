import { z } from 'zod';
import { captureSpecSchema } from './capture.ts';
import { forkSchema } from './fork.ts';
import { gateSpecSchema } from './gate.ts';
import { methodSpecSchema } from './method.ts';

/** temperature 0 is greedy; topK 0 and topP 1 switch those cuts off. They act on the target's logits only. */
export const samplingSchema = z
  .object({
    temperature: z.number().min(0).max(5),
    topK: z.number().int().min(0).max(100_000),
    topP: z.number().gt(0).max(1),
    seed: z.number().int().min(0).max(0xffff_ffff),
  })
  .readonly();
export type Sampling = z.infer<typeof samplingSchema>;
export const greedy: Sampling = { temperature: 0, topK: 0, topP: 1, seed: 0 };

/** Where and how the models run; null or 'auto' means: chosen by the engine, and stored as chosen. */
export const engineOptionsSchema = z
  .object({
    gpu: z.enum(['auto', 'cpu', 'cuda', 'vulkan', 'metal']),
    device: z.string().nullable(),
    /** -1: all */
    gpuLayers: z.number().int().min(-1).nullable(),
    threads: z.number().int().min(1).max(256).nullable(),
    contextSize: z.number().int().min(256).max(1_048_576).nullable(),
    kvType: z.enum(['auto', 'f32', 'f16']),
  })
  .readonly();
export type EngineOptions = z.infer<typeof engineOptionsSchema>;
export const autoEngine: EngineOptions = {
  gpu: 'auto',
  device: null,
  gpuLayers: null,
  threads: null,
  contextSize: null,
  kvType: 'auto',
};

/** What the user asks for when pressing Run. Model fields are ids of model files. */
export const runSpecSchema = z
  .object({
    dataSetId: z.string(),
    sampleId: z.string(),
    target: z.string(),
    projector: z.string().nullable(),
    draft: z.string().nullable(),
    draftProjector: z.string().nullable(),
    method: methodSpecSchema,
    gate: gateSpecSchema,
    sampling: samplingSchema,
    /** per turn */
    maxTokens: z.number().int().min(1).max(65_536),
    systemPrompt: z.string().nullable(),
    capture: captureSpecSchema,
    engine: engineOptionsSchema,
  })
  .readonly();
export type RunSpec = z.infer<typeof runSpecSchema>;

export const runStatuses = ['running', 'paused', 'done', 'stopped', 'failed', 'crashed'] as const;
export const runStatusSchema = z.enum(runStatuses);
export type RunStatus = z.infer<typeof runStatusSchema>;

/** Whether the run can still produce rounds. */
export function isLive(status: RunStatus): boolean {
  return status === 'running' || status === 'paused';
}

/** Totals over a run's own rounds: those that a fork shares with its parent are not among them. Definitions: src-shared/metrics. Times in milliseconds. */
export const runTotalsSchema = z
  .object({
    newTokens: z.number().int(),
    rounds: z.number().int(),
    drafted: z.number().int(),
    accepted: z.number().int(),
    /** rounds in which the gate forbade drafting */
    skipped: z.number().int(),
    /** rounds that drafted at least one token */
    draftRounds: z.number().int(),
    draftMs: z.number(),
    verifyMs: z.number(),
    captureMs: z.number(),
    otherMs: z.number(),
    /** tokenising, image encoding and prompt evaluation, by target and draft model, all turns */
    prefillMs: z.number(),
  })
  .readonly();
export type RunTotals = z.infer<typeof runTotalsSchema>;

/** Where and how one model was loaded. */
const placementShape = {
  device: z.string(),
  /** offloaded to the device; the output layer counts as one more */
  gpuLayers: z.number().int(),
  threads: z.number().int(),
  kvType: z.enum(['f32', 'f16']),
  contextSize: z.number().int(),
};
export const placementSchema = z.object(placementShape).readonly();
export type Placement = z.infer<typeof placementSchema>;

/** The hardware and software a run was made with. */
export const fingerprintSchema = z
  .object({
    specula: z.string(),
    llamaRelease: z.string(),
    /** binary that node-llama-cpp chose, e.g. linux-x64-cuda */
    variant: z.string(),
    /** the target's placement */
    ...placementShape,
    /** null without a draft model */
    draft: placementSchema.nullable(),
    cpu: z.string(),
    os: z.string(),
    node: z.string(),
    models: z
      .array(z.object({ role: z.string(), name: z.string(), sha256: z.string() }).readonly())
      .readonly(),
  })
  .readonly();
export type Fingerprint = z.infer<typeof fingerprintSchema>;

/** A patch of the image that one image token stands for, in pixels of the original image; may reach outside it (padding). */
export const patchRectSchema = z
  .object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() })
  .readonly();
export type PatchRect = z.infer<typeof patchRectSchema>;

/** One image block of a prompt: a grid of nx x ny tokens, row-major, covering `area` of the original image. */
export const patchGridSchema = z
  .object({ nx: z.number().int(), ny: z.number().int(), area: patchRectSchema })
  .readonly();
export type PatchGrid = z.infer<typeof patchGridSchema>;

/** The prompt of one turn as the target saw it. */
export const turnSchema = z
  .object({
    index: z.number().int(),
    user: z.string(),
    /** token ids in order; -1 stands for an image token */
    promptTokens: z.array(z.number().int()).readonly(),
    imageTokens: z.number().int(),
    image: z.object({ width: z.number().int(), height: z.number().int() }).readonly().nullable(),
    grids: z.array(patchGridSchema).readonly(),
    /** why the place of the image tokens on the picture is not known; null when `grids` says it, or without image */
    gridProblem: z.string().nullable(),
    /** the target's milliseconds, and those of the draft model (or another drafter) on the same prompt */
    prefillMs: z
      .object({ tokenize: z.number(), encode: z.number(), decode: z.number(), draft: z.number() })
      .readonly(),
    /** null while the turn runs */
    endedBy: z.enum(['end-of-text', 'max-tokens', 'context-full', 'stopped']).nullable(),
  })
  .readonly();
export type Turn = z.infer<typeof turnSchema>;

/** How a run came into the database. */
export const runSourceSchema = z.discriminatedUnion('kind', [
  /** decoded on its own */
  z.object({ kind: z.literal('run') }).readonly(),
  /** decoded as a part of a bench */
  z.object({ kind: z.literal('bench'), id: z.string(), name: z.string() }).readonly(),
  /** read from a result file of MMSpec: sums alone, without rounds and tokens */
  z
    .object({
      kind: z.literal('imported'),
      /** name of the file */
      file: z.string(),
      /** MMSpec's name of the method */
      method: z.string(),
      /** the whole calls, image and prompt included */
      wallMs: z.number(),
      /** what is known to be wrong with such numbers, and what was made of it */
      notes: z.array(z.string()).readonly(),
    })
    .readonly(),
]);
export type RunSource = z.infer<typeof runSourceSchema>;

export const runSummarySchema = z
  .object({
    id: z.string(),
    createdAt: z.number(),
    status: runStatusSchema,
    /** why a run failed, crashed or was stopped */
    reason: z.string().nullable(),
    spec: runSpecSchema,
    topic: z.string(),
    totals: runTotalsSchema,
    /** null until the engine has loaded the models */
    fingerprint: fingerprintSchema.nullable(),
    /** null: a run of its own, from its first round */
    fork: forkSchema.nullable(),
    source: runSourceSchema,
  })
  .readonly();
export type RunSummary = z.infer<typeof runSummarySchema>;
