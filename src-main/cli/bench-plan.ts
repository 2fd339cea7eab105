/** From the options of `specula bench` to its plan. */
import { createHash } from 'node:crypto';
import type { BenchPlan, Configuration } from '#shared/domain/bench.ts';
import { defaultGateThreshold, gateProblem } from '#shared/domain/gate.ts';
import { draftFileOf, methodLabel } from '#shared/domain/method.ts';
import type { Sample } from '#shared/domain/sample.ts';
import { modelHashes } from '../bench/run-bench.ts';
import type { Catalogs } from '../workbench.ts';
import { type BenchOptions, type MethodChoice, parseGate, parseMethod } from './bench-options.ts';
import { chooseDataSet, chooseModels, type Lists } from './choose.ts';
import { shareOut } from './evaluate-samples.ts';
import { UsageError } from './exit.ts';
import { captureOf } from './run-options.ts';
import { engineOf, samplingOf } from './run-spec.ts';

/** @throws UsageError, ExpectedError */
export async function benchPlan(
  options: BenchOptions,
  catalogs: Catalogs,
): Promise<{ plan: BenchPlan; name: string; planHash: string }> {
  const { dataSets, models } = catalogs;
  const lists: Lists = {
    dataSets: () => dataSets.list(),
    addDataSet: (folder) => dataSets.add(folder),
    models: () => models.list(),
    addModel: (path) => models.add(path),
  };
  const configurations = await configurationsOf(options, lists);
  const dataSet = await chooseDataSet(options.dataSet, lists);
  const { samples, hash } = await dataSets.loaded(dataSet.id);
  const unhashed: BenchPlan = {
    version: 1,
    dataSet: { id: dataSet.id, name: dataSet.name, hash },
    samples: chooseSamples(samples, options).map(({ id }) => id),
    configurations,
    repeats: options.repeats,
    seed: options.order,
    warmUp: options.warmUp,
    sampling: samplingOf(options),
    maxTokens: options.maxTokens,
    systemPrompt: options.system ?? null,
    capture: captureOf(options),
    engine: engineOf(options),
    models: {},
    shard: options.shard,
  };
  if (unhashed.samples.length < options.shard.of) {
    throw new UsageError(
      `--shard: ${unhashed.samples.length} samples cannot be divided into ${options.shard.of} parts.`,
    );
  }
  const plan = { ...unhashed, models: Object.fromEntries(await modelHashes(unhashed, catalogs)) };
  return { plan, name: options.name ?? nameOf(plan), planHash: planHash(plan) };
}

/** Plain decoding first, which the others are compared with; then every method with every gate. */
async function configurationsOf(options: BenchOptions, lists: Lists): Promise<Configuration[]> {
  const methods = (options.method ?? ['draft-model']).map(parseMethod);
  const gates = (options.gate ?? ['off']).map(parseGate);
  for (const gate of gates) {
    const problem = gateProblem({
      gate,
      capture: captureOf(options),
      sampling: samplingOf(options),
    });
    if (problem !== null) throw new UsageError(problem);
  }
  const targets = options.target ?? [undefined];
  const parts = ['projector', 'draft', 'draftProjector'] as const;
  const part = parts.find((name) => options[name] !== undefined);
  if (targets.length > 1 && part !== undefined) {
    throw new UsageError(
      `With several targets, --${part === 'draftProjector' ? 'draft-projector' : part} fits one only: bench them one by one.`,
    );
  }
  const plain: MethodChoice = { method: { name: 'ar' } };
  const { target: _, ...common } = options;
  const found = new Map<string, Configuration>();
  for (const target of targets) {
    for (const choice of [plain, ...methods]) {
      const { method, ...draft } = choice;
      const named = { ...common, ...draft, ...(target === undefined ? {} : { target }) };
      const models = await chooseModels(named, draftFileOf(method), lists);
      // A gate has nothing to forbid in plain decoding.
      const own = method.name === 'ar' ? [{ mode: 'off', threshold: defaultGateThreshold } as const] : gates;
      for (const gate of own) {
        const configuration = { ...models, method, gate };
        found.set(JSON.stringify(configuration), configuration);
      }
    }
  }
  return [...found.values()];
}

function chooseSamples(all: readonly Sample[], { topic, sample, limit }: BenchOptions): readonly Sample[] {
  const topics = [...new Set(all.map((each) => each.topic))];
  const wrongTopic = topic?.find((name) => !topics.includes(name));
  if (wrongTopic !== undefined) {
    throw new UsageError(`No sample has the topic "${wrongTopic}". There are: ${topics.join(', ')}.`);
  }
  const wrong = sample?.find((id) => !all.some((each) => each.id === id));
  if (wrong !== undefined) {
    throw new UsageError(`The data set has no sample ${wrong}; see what "specula samples" lists.`);
  }
  const chosen = all.filter(
    (each) => (topic?.includes(each.topic) ?? true) && (sample?.includes(each.id) ?? true),
  );
  if (chosen.length === 0)
    throw new UsageError('No sample is left to measure: --topic and --sample exclude each other.');
  return limit === undefined ? chosen : shareOut(chosen, (each) => each.topic, limit);
}

const nameOf = ({ configurations }: BenchPlan): string =>
  [
    ...new Set(configurations.map(({ method }) => methodLabel(method)).filter((label) => label !== 'ar')),
  ].join(', ') || 'plain decoding';

/**
 * SHA-256 of what is measured: data and models by their contents, and everything that changes outputs or order, but not the
 * shard, the machine, or where the files lie.
 */
export function planHash(plan: BenchPlan): string {
  const { shard: _, models, dataSet, configurations, engine, ...rest } = plan;
  const file = (id: string | null): string | null => (id === null ? null : (models[id] ?? id));
  const same = {
    ...rest,
    dataSet: dataSet.hash,
    contextSize: engine.contextSize,
    kvType: engine.kvType,
    configurations: configurations.map(({ target, projector, draft, draftProjector, method, gate }) => [
      file(target),
      file(projector),
      file(draft),
      file(draftProjector),
      method,
      gate,
    ]),
  };
  return createHash('sha256').update(JSON.stringify(same)).digest('hex');
}
