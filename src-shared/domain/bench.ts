/** A bench: configurations x samples x repeats, decoded in an order that lets drift hit all configurations alike. */
import { z } from 'zod';
import { required } from './assert.ts';
import { seededRandom } from './random.ts';
import { type RunSpec, runSpecSchema } from './run.ts';

const spec = runSpecSchema.unwrap().shape;

/** What differs between the runs of one sample. Model fields are ids of model files. */
export const configurationSchema = z
  .object({
    target: spec.target,
    projector: spec.projector,
    draft: spec.draft,
    draftProjector: spec.draftProjector,
    method: spec.method,
    gate: spec.gate,
  })
  .readonly();
export type Configuration = z.infer<typeof configurationSchema>;

/** The part of a bench that one machine does: every `of`-th sample from the `index`-th (1-based) on. */
export const shardSchema = z
  .object({ index: z.number().int().min(1), of: z.number().int().min(1).max(10_000) })
  .refine(({ index, of }) => index <= of, 'the number of a shard must not exceed the number of shards')
  .readonly();
export type Shard = z.infer<typeof shardSchema>;

/** Everything that decides what a bench measures; a bench is resumed from its plan alone. */
export const benchPlanSchema = z
  .object({
    version: z.literal(1),
    dataSet: z.object({ id: z.string(), name: z.string(), hash: z.string() }).readonly(),
    /** of all shards, in the data set's order */
    samples: z.array(z.string()).min(1).readonly(),
    configurations: z.array(configurationSchema).min(1).readonly(),
    repeats: z.number().int().min(1).max(1000),
    /** of the order in which the configurations of a sample take turns */
    seed: z.number().int().min(0).max(0xffff_ffff),
    /** runs of every configuration before the first measured one; not recorded */
    warmUp: z.number().int().min(0).max(100),
    sampling: spec.sampling,
    maxTokens: spec.maxTokens,
    systemPrompt: spec.systemPrompt,
    capture: spec.capture,
    engine: spec.engine,
    /** SHA-256 of the model files by id */
    models: z.record(z.string(), z.string()).readonly(),
    shard: shardSchema,
  })
  .readonly();
export type BenchPlan = z.infer<typeof benchPlanSchema>;

/** One run of a bench. */
export interface Cell {
  /** its number in the whole plan, the same in every shard */
  readonly number: number;
  readonly repeat: number;
  readonly sampleId: string;
  /** index in the plan */
  readonly configuration: number;
}

/** What the number of a cell stands for. */
export function cellOf(plan: BenchPlan, number: number): Cell {
  const { configurations, samples } = plan;
  const place = Math.floor(number / configurations.length);
  return {
    number,
    repeat: Math.floor(place / samples.length),
    sampleId: required(samples[place % samples.length], `the sample of cell ${number}`),
    configuration: number % configurations.length,
  };
}

/**
 * The shard's cells in the order in which they are decoded: all configurations of a sample one after another, each time
 * in another seeded order, sample by sample, repeat by repeat. Targets are not mixed, since changing them means loading.
 */
export function cellsInOrder(plan: BenchPlan): readonly Cell[] {
  const { configurations, samples, repeats, seed, shard } = plan;
  const targets = [...new Set(configurations.map(({ target }) => target))];
  const cells: Cell[] = [];
  for (const target of targets) {
    const own = [...configurations.keys()].filter((i) => configurations[i]?.target === target);
    for (let repeat = 0; repeat < repeats; repeat++) {
      for (const sample of samples.keys()) {
        if (sample % shard.of !== shard.index - 1) continue;
        const place = repeat * samples.length + sample;
        for (const configuration of shuffled(own, seed, place)) {
          cells.push(cellOf(plan, place * configurations.length + configuration));
        }
      }
    }
  }
  return cells;
}

/** Fisher and Yates; the same for the same seed and place. */
function shuffled(items: readonly number[], seed: number, place: number): number[] {
  const random = seededRandom(seed, place);
  const out = [...items];
  for (let i = out.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [out[i], out[j]] = [out[j] ?? 0, out[i] ?? 0];
  }
  return out;
}

/** The run of a cell. Under sampling each repeat has a seed of its own. */
export function specOf(plan: BenchPlan, { configuration, sampleId, repeat }: Cell): RunSpec {
  const { sampling, maxTokens, systemPrompt, capture, engine, dataSet, configurations } = plan;
  return {
    dataSetId: dataSet.id,
    sampleId,
    ...required(configurations[configuration], `configuration ${configuration}`),
    sampling: { ...sampling, seed: (sampling.seed + repeat) % 2 ** 32 },
    maxTokens,
    systemPrompt,
    capture,
    engine,
  };
}

/** Index of the configuration that decodes plainly with the same target; null: there is none. */
export function plainOf(plan: BenchPlan, configuration: number): number | null {
  const { target } = required(plan.configurations[configuration], `configuration ${configuration}`);
  const found = plan.configurations.findIndex(
    (other) => other.target === target && other.method.name === 'ar',
  );
  return found < 0 ? null : found;
}
