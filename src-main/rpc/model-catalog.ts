/** The shipped model files and those that the user added, and what a run needs to know of them. */
import { type DraftFile, draftFileLabel, draftFileOf } from '#shared/domain/method.ts';
import type { ModelFile } from '#shared/domain/model.ts';
import type { RunSpec } from '#shared/domain/run.ts';
import type { EngineJob } from '../engine/client.ts';
import type { FileHashes } from '../models/file-hash.ts';
import { draftFits, type Fit, headFits, projectorFits } from '../models/fit.ts';
import { describeModel, listModels, type ModelList, userModelId } from '../models/list.ts';
import { readDecoderMetadata, readHeadMetadata, readProjectorMetadata } from '../models/metadata.ts';
import type { Registry } from '../storage/registry.ts';
import { ExpectedError, expected } from './expected.ts';
import { userPath } from './user-path.ts';

export class ModelCatalog {
  readonly #folder: string;
  readonly #registry: Registry;
  readonly #hashes: FileHashes;

  /** @param folder holds `manifest.json` and the shipped files */
  constructor(folder: string, registry: Registry, hashes: FileHashes) {
    this.#folder = folder;
    this.#registry = registry;
    this.#hashes = hashes;
  }

  async list(): Promise<ModelList> {
    const userPaths = this.#registry.models().map((model) => model.path);
    return await expected(listModels({ folder: this.#folder, userPaths, hashes: this.#hashes }));
  }

  /** Registers a file; one with a problem is refused, since it could never run. */
  async add(path: string): Promise<ModelFile> {
    const absolute = userPath(path);
    const model = await describeModel(absolute, userModelId(absolute), this.#hashes);
    if (model.problem !== null) throw new ExpectedError(sentence(model.problem));
    this.#registry.addModel({ id: model.id, path: absolute });
    return model;
  }

  /** The file itself is not touched. */
  async remove(id: string): Promise<void> {
    if (this.#registry.removeModel(id)) return;
    const known = (await this.list()).files.some((file) => file.id === id);
    throw new ExpectedError(
      known ? `The model ${id} is shipped with Specula and cannot be removed.` : `There is no model ${id}.`,
    );
  }

  /** Files of a run and their hashes, after checks that they can work together. */
  async resolve(spec: RunSpec): Promise<Pick<EngineJob, 'files' | 'hashes'>> {
    const { files } = await this.list();
    const needed = draftFileOf(spec.method);
    if (needed !== null && spec.draft === null) {
      throw new ExpectedError(`The method ${spec.method.name} needs ${draftFileLabel(needed)}: choose one.`);
    }
    const pick = (id: string | null, role: ModelFile['role'], what: string): string | null =>
      id === null ? null : fileOf(files, id, role, what);
    const chosen = {
      target: fileOf(files, spec.target, 'decoder', 'target'),
      projector: pick(spec.projector, 'projector', 'projector'),
      draft: needed === 'model' ? pick(spec.draft, 'decoder', 'draft') : null,
      draftProjector: needed === 'model' ? pick(spec.draftProjector, 'projector', 'draft projector') : null,
      head: needed === null || needed === 'model' ? null : pick(spec.draft, 'head', 'draft head'),
    };
    await checkFits(chosen, needed);
    const paths = Object.values(chosen).filter((path) => path !== null);
    const hashes = await Promise.all(paths.map(async (path) => [path, await this.#hashes.of(path)] as const));
    return { files: chosen, hashes: Object.fromEntries(hashes) };
  }
}

function fileOf(files: readonly ModelFile[], id: string, role: ModelFile['role'], what: string): string {
  const file = files.find((candidate) => candidate.id === id);
  if (file === undefined)
    throw new ExpectedError(`There is no model ${id} to use as ${what}. Add its file first.`);
  if (file.problem !== null)
    throw new ExpectedError(sentence(`${id} cannot be the ${what}: ${file.problem}`));
  if (file.role !== role) {
    throw new ExpectedError(`${id} cannot be the ${what}: it is a ${file.role}, and a ${role} is needed.`);
  }
  return file.path;
}

async function checkFits(files: EngineJob['files'], needed: DraftFile | null): Promise<void> {
  const target = await readDecoderMetadata(files.target);
  const check = (fit: Fit, what: string, path: string): void => {
    if (!fit.ok)
      throw new ExpectedError(`The ${what} ${path} does not fit: ${fit.reason}. Choose another one.`);
  };
  if (files.projector !== null) {
    check(projectorFits(target, await readProjectorMetadata(files.projector)), 'projector', files.projector);
  }
  if (files.head !== null) {
    const head = await readHeadMetadata(files.head);
    if (head.kind !== needed) {
      const kind = `it is of kind ${head.kind}, and one of kind ${needed} is needed`;
      throw new ExpectedError(`${files.head} cannot be the draft head: ${kind}.`);
    }
    check(headFits(target, head), 'draft head', files.head);
  }
  if (files.draft === null) return;
  const draft = await readDecoderMetadata(files.draft);
  check(draftFits(target, draft), 'draft', files.draft);
  if (files.draftProjector !== null) {
    const projector = await readProjectorMetadata(files.draftProjector);
    check(projectorFits(draft, projector), 'draft projector', files.draftProjector);
  }
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`;
}
