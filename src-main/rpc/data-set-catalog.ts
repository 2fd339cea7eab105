/** The built-in data sets and those that the user added, loaded when asked for and again when their files change. */
import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { DataSet, Sample } from '#shared/domain/sample.ts';
import { resolveImagePath } from '../datasets/image-path.ts';
import { dataSetId, type LoadedDataSet, loadDataSet } from '../datasets/load.ts';
import { errorMessage } from '../errors.ts';
import type { Registry } from '../storage/registry.ts';
import { ExpectedError, expected } from './expected.ts';
import { userPath } from './user-path.ts';

interface Entry {
  readonly id: string;
  readonly name: string;
  readonly folder: string;
  readonly builtIn: boolean;
}

/** Names of built-in data sets that are more than their folder's name. */
const titles: Readonly<Record<string, string>> = { builtin: 'Specula samples' };

interface Cached {
  readonly stamp: string;
  readonly loaded: Promise<LoadedDataSet>;
}

export class DataSetCatalog {
  readonly #builtInFolder: string;
  readonly #registry: Registry;
  readonly #cache = new Map<string, Cached>();

  /** @param builtInFolder every folder in it is a built-in data set */
  constructor(builtInFolder: string, registry: Registry) {
    this.#builtInFolder = builtInFolder;
    this.#registry = registry;
  }

  async list(): Promise<DataSet[]> {
    const entries = await this.#entries();
    return await Promise.all(entries.map((entry) => this.#describe(entry)));
  }

  async samples(id: string): Promise<readonly Sample[]> {
    return (await this.loaded(id)).samples;
  }

  /** Everything that its folder holds: the samples, and the reference answers with what judges them. */
  async loaded(id: string): Promise<LoadedDataSet> {
    const entry = await this.#entry(id);
    return await expected(this.#load(entry.folder));
  }

  async sample(id: string, sampleId: string): Promise<Sample> {
    const found = (await this.samples(id)).find((sample) => sample.id === sampleId);
    if (found !== undefined) return found;
    throw new ExpectedError(
      `The data set ${id} has no sample ${sampleId}. Choose another one, or see what "specula samples" lists.`,
    );
  }

  /** Absolute path of a sample's image. */
  async imageFile(id: string, sample: Sample): Promise<string> {
    const { folder } = await this.#entry(id);
    const found = await resolveImagePath(folder, sample.image);
    if (found.ok) return found.path;
    throw new ExpectedError(`Sample ${sample.id} of data set ${id}: ${found.reason}.`);
  }

  async add(folder: string): Promise<DataSet> {
    const absolute = userPath(folder);
    const { samples, problems } = await expected(this.#load(absolute));
    if (samples.length === 0) {
      const first = problems[0];
      throw new ExpectedError(
        `The data set ${absolute} has no usable sample. Repair its mmspec.jsonl, or choose another folder.`,
        first === undefined ? null : `line ${first.line}: ${first.reason}`,
      );
    }
    const builtIn = (await this.#builtIns()).find((entry) => resolve(entry.folder) === absolute);
    if (builtIn !== undefined) return await this.#describe(builtIn);
    const row = { id: dataSetId(absolute), name: basename(absolute), folder: absolute };
    return await this.#describe({ ...this.#registry.addDataSet(row), builtIn: false });
  }

  /** The folder itself is not touched. */
  async remove(id: string): Promise<void> {
    if (this.#registry.removeDataSet(id)) return;
    const { builtIn } = await this.#entry(id);
    if (builtIn) throw new ExpectedError(`The data set ${id} is built in and cannot be removed.`);
  }

  async #describe(entry: Entry): Promise<DataSet> {
    try {
      const { samples, problems } = await this.#load(entry.folder);
      return { ...entry, samples: samples.length, problems };
    } catch (error) {
      // A folder that was moved away stays listed, so that the user sees why its samples are gone.
      return { ...entry, samples: 0, problems: [{ line: 0, id: null, reason: errorMessage(error) }] };
    }
  }

  async #entry(id: string): Promise<Entry> {
    const found = (await this.#entries()).find((entry) => entry.id === id);
    if (found === undefined) {
      throw new ExpectedError(`There is no data set ${id}. Add its folder first, or choose another one.`);
    }
    return found;
  }

  async #entries(): Promise<Entry[]> {
    const added = this.#registry.dataSets().map((row) => ({ ...row, builtIn: false }));
    return [...(await this.#builtIns()), ...added];
  }

  async #builtIns(): Promise<Entry[]> {
    const found = await readdir(this.#builtInFolder, { withFileTypes: true });
    const names = found.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
    return names.sort().map((name) => ({
      id: name,
      name: titles[name] ?? name.charAt(0).toUpperCase() + name.slice(1),
      folder: join(this.#builtInFolder, name),
      builtIn: true,
    }));
  }

  async #load(folder: string): Promise<LoadedDataSet> {
    const stamp = await stampOf(folder);
    const cached = this.#cache.get(folder);
    if (cached?.stamp === stamp) return await cached.loaded;
    const loaded = loadDataSet(folder);
    this.#cache.set(folder, { stamp, loaded });
    loaded.catch(() => this.#cache.delete(folder));
    return await loaded;
  }
}

/** Changes when the files that a data set is read from do, and when images come or go. */
async function stampOf(folder: string): Promise<string> {
  const names = ['mmspec.jsonl', 'answers.jsonl', 'classes.json', 'images'];
  const stats = await Promise.all(names.map((name) => stat(join(folder, name)).catch(() => null)));
  return stats.map((s) => (s === null ? '-' : `${s.size}:${s.mtimeMs}`)).join(' ');
}
