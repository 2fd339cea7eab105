import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { needsDraft } from '#shared/domain/method.ts';
import type { ModelSet } from '#shared/domain/model.ts';
import type { RunSpec } from '#shared/domain/run.ts';
import type { TypedCall } from '../rpc/dispatch.ts';
import { UsageError } from './exit.ts';
import { methodOf, type RunOptions } from './run-options.ts';

/** The run that the options ask for. Folders and files given by path are registered first. */
export async function runSpec(options: RunOptions, call: TypedCall): Promise<RunSpec> {
  const method = methodOf(options);
  if (options.gate !== 'off' && options.capture === 'none') {
    throw new UsageError(`--gate ${options.gate} reads attention: use --capture last or all.`);
  }
  const models = await chooseModels(options, needsDraft(method), call);
  return {
    dataSetId: await chooseDataSet(options.dataSet, call),
    sampleId: options.sample,
    ...models,
    method,
    gate: { mode: options.gate, threshold: options.threshold },
    sampling: {
      temperature: options.temperature,
      topK: options.topK,
      topP: options.topP,
      seed: options.seed,
    },
    maxTokens: options.maxTokens,
    systemPrompt: options.system ?? null,
    capture: { layers: options.capture },
    engine: {
      gpu: options.gpu,
      device: options.device ?? null,
      gpuLayers: options.gpuLayers ?? null,
      threads: options.threads ?? null,
      contextSize: options.context ?? null,
      kvType: options.kv,
    },
  };
}

/** An id of a data set, from an id or a folder; without either the first one. */
async function chooseDataSet(given: string | undefined, call: TypedCall): Promise<string> {
  const dataSets = await call('dataSets.list', {});
  if (given === undefined) {
    const first = dataSets[0];
    if (first === undefined) throw new UsageError('There is no data set. Give a folder with --data-set.');
    return first.id;
  }
  if (dataSets.some((dataSet) => dataSet.id === given)) return given;
  if (existsSync(given)) return (await call('dataSets.add', { folder: resolve(given) })).id;
  const known = dataSets.map((dataSet) => dataSet.id).join(', ');
  throw new UsageError(`--data-set ${given} is neither a folder nor a known data set (${known}).`);
}

type Models = Pick<RunSpec, 'target' | 'projector' | 'draft' | 'draftProjector'>;

/** What is not given comes from the set of the target: the parts that were made for it. */
async function chooseModels(options: RunOptions, drafts: boolean, call: TypedCall): Promise<Models> {
  const { files, sets } = await call('models.list', {});
  const idOf = async (given: string | undefined, option: string): Promise<string | null> => {
    if (given === undefined) return null;
    if (files.some((file) => file.id === given)) return given;
    if (existsSync(given)) return (await call('models.add', { path: resolve(given) })).id;
    const known = files.map((file) => file.id).join(', ');
    throw new UsageError(`${option} ${given} is neither a file nor a known model (${known}).`);
  };
  const target = (await idOf(options.target, '--target')) ?? sets[0]?.target;
  if (target === undefined) throw new UsageError('There is no built-in target. Give one with --target.');
  const set: ModelSet | undefined = sets.find((candidate) => candidate.target === target);
  const draft = drafts ? ((await idOf(options.draft, '--draft')) ?? set?.draft ?? null) : null;
  if (drafts && draft === null) {
    throw new UsageError(
      `No draft model is known for ${target}. Give one with --draft, or use --method pld.`,
    );
  }
  const ownDraft = draft !== null && draft !== set?.draft;
  return {
    target,
    projector: (await idOf(options.projector, '--projector')) ?? set?.projector ?? null,
    draft,
    draftProjector: drafts
      ? ((await idOf(options.draftProjector, '--draft-projector')) ??
        (ownDraft ? null : (set?.draftProjector ?? null)))
      : null,
  };
}
