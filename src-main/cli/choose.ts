/** From what the user names on the command line to data sets and models that are known. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type DraftFile, draftFileLabel } from '#shared/domain/method.ts';
import { headFor, type ModelFile, type ModelSet } from '#shared/domain/model.ts';
import type { RunSpec } from '#shared/domain/run.ts';
import type { DataSet } from '#shared/domain/sample.ts';
import type { ModelList } from '../models/list.ts';
import { UsageError } from './exit.ts';
import type { ModelOptions } from './run-options.ts';

/** What there is, and how to add to it. Paths are absolute. */
export interface Lists {
  dataSets(): Promise<readonly DataSet[]>;
  addDataSet(folder: string): Promise<DataSet>;
  models(): Promise<ModelList>;
  addModel(path: string): Promise<ModelFile>;
}

/** A data set, from an id or a folder; without either the first one. */
export async function chooseDataSet(given: string | undefined, lists: Lists): Promise<DataSet> {
  const dataSets = await lists.dataSets();
  if (given === undefined) {
    const first = dataSets[0];
    if (first === undefined) throw new UsageError('There is no data set. Give a folder with --data-set.');
    return first;
  }
  const found = dataSets.find((dataSet) => dataSet.id === given);
  if (found !== undefined) return found;
  if (existsSync(given)) return await lists.addDataSet(resolve(given));
  const known = dataSets.map((dataSet) => dataSet.id).join(', ');
  throw new UsageError(`--data-set ${given} is neither a folder nor a known data set (${known}).`);
}

type Models = Pick<RunSpec, 'target' | 'projector' | 'draft' | 'draftProjector'>;

/**
 * What is not given comes from the set of the target: the parts that were made for it. `needed`: the draft file of the
 * method; a head is the one that fits the target.
 */
export async function chooseModels(
  options: ModelOptions,
  needed: DraftFile | null,
  lists: Lists,
): Promise<Models> {
  const { files, sets } = await lists.models();
  const idOf = async (given: string | undefined, option: string): Promise<string | null> => {
    if (given === undefined) return null;
    if (files.some((file) => file.id === given)) return given;
    if (existsSync(given)) return (await lists.addModel(resolve(given))).id;
    const known = files.map((file) => file.id).join(', ');
    throw new UsageError(`${option} ${given} is neither a file nor a known model (${known}).`);
  };
  const target = (await idOf(options.target, '--target')) ?? sets[0]?.target;
  if (target === undefined) throw new UsageError('There is no built-in target. Give one with --target.');
  const set: ModelSet | undefined = sets.find((candidate) => candidate.target === target);
  const drafts = needed !== null;
  const suggested = (): string | null => {
    if (needed === null) return null;
    if (needed === 'model') return set?.draft ?? null;
    const file = files.find((one) => one.id === target);
    return headFor(files, needed, file)?.id ?? null;
  };
  const draft = drafts ? ((await idOf(options.draft, '--draft')) ?? suggested()) : null;
  if (drafts && draft === null) {
    throw new UsageError(
      `The method needs ${draftFileLabel(needed)}, and none is known for ${target}. Give one with --draft, or do without: see --help.`,
    );
  }
  const ownDraft = draft !== null && draft !== set?.draft;
  return {
    target,
    projector: (await idOf(options.projector, '--projector')) ?? set?.projector ?? null,
    draft,
    draftProjector:
      needed === 'model'
        ? ((await idOf(options.draftProjector, '--draft-projector')) ??
          (ownDraft ? null : (set?.draftProjector ?? null)))
        : null,
  };
}
