import { gateProblem } from '#shared/domain/gate.ts';
import { draftFileOf } from '#shared/domain/method.ts';
import type { EngineOptions, RunSpec, Sampling } from '#shared/domain/run.ts';
import type { TypedCall } from '../rpc/dispatch.ts';
import { chooseDataSet, chooseModels, type Lists } from './choose.ts';
import { UsageError } from './exit.ts';
import {
  captureOf,
  gateOf,
  methodOf,
  type PlacementOptions,
  type RunOptions,
  type SamplingOptions,
} from './run-options.ts';

/** The run that the options ask for. Folders and files given by path are registered first. */
export async function runSpec(options: RunOptions, call: TypedCall): Promise<RunSpec> {
  const method = methodOf(options);
  const lists: Lists = {
    dataSets: () => call('dataSets.list', {}),
    addDataSet: (folder) => call('dataSets.add', { folder }),
    models: () => call('models.list', {}),
    addModel: (path) => call('models.add', { path }),
  };
  const models = await chooseModels(options, draftFileOf(method), lists);
  const spec: RunSpec = {
    dataSetId: (await chooseDataSet(options.dataSet, lists)).id,
    sampleId: options.sample,
    ...models,
    method,
    gate: gateOf(options),
    sampling: samplingOf(options),
    maxTokens: options.maxTokens,
    systemPrompt: options.system ?? null,
    capture: captureOf(options),
    engine: engineOf(options),
  };
  const problem = gateProblem(spec);
  if (problem !== null) throw new UsageError(problem);
  return spec;
}

export function samplingOf({ temperature, topK, topP, seed }: SamplingOptions): Sampling {
  return { temperature, topK, topP, seed };
}

/** The engine's options; what is not given is left to the engine. */
export function engineOf({ gpu, device, gpuLayers, threads, context, kv }: PlacementOptions): EngineOptions {
  return {
    gpu,
    device: device ?? null,
    gpuLayers: gpuLayers ?? null,
    threads: threads ?? null,
    contextSize: context ?? null,
    kvType: kv,
  };
}
