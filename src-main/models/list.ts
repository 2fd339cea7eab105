import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { ModelFile, ModelSet } from '../../src-shared/domain/model.ts';
import { errorMessage } from '../errors.ts';
import type { FileHashes } from './file-hash.ts';
import { loadManifest, type ManifestFile } from './manifest.ts';
import { type ModelMetadata, readModelMetadata } from './metadata.ts';

export interface ModelList {
  readonly files: readonly ModelFile[];
  readonly sets: readonly ModelSet[];
}

export interface ModelListOptions {
  /** folder with `manifest.json` and the shipped files */
  readonly folder: string;
  /** absolute paths that the user added */
  readonly userPaths: readonly string[];
  readonly hashes: FileHashes;
}

/**
 * All models: the shipped ones, checked against the manifest's hashes, then the user's. A file with a fault is listed
 * with its `problem` rather than left out.
 */
export async function listModels(options: ModelListOptions): Promise<ModelList> {
  const manifest = await loadManifest(options.folder);
  const files: ModelFile[] = [];
  for (const entry of manifest.files) files.push(await describeBuiltIn(entry, options));
  for (const userPath of new Set(options.userPaths)) {
    files.push(await describeModel(userPath, userModelId(userPath), options.hashes));
  }
  return { files, sets: manifest.sets.map((set) => ({ ...set, builtIn: true })) };
}

/** The id of a model that the user added: stable for its path. */
export function userModelId(file: string): string {
  return `user-${createHash('sha256').update(path.resolve(file)).digest('hex').slice(0, 12)}`;
}

/**
 * Describes one file of the user's. The hash is given when it is known already: reading it can take minutes for a large
 * file, so it is computed when a run starts (FileHashes.of).
 */
export async function describeModel(file: string, id: string, hashes: FileHashes): Promise<ModelFile> {
  const absolute = path.resolve(file);
  const blank = { id, name: path.basename(file), path: absolute, builtIn: false, sha256: null } as const;
  try {
    const metadata = await readModelMetadata(absolute);
    return {
      ...blank,
      name: metadata.name,
      role: metadata.role,
      arch: metadata.arch,
      quantisation: metadata.quantisation,
      bytes: metadata.fileBytes,
      layers: metadata.role === 'head' ? null : metadata.layers,
      heads: metadata.role === 'decoder' ? metadata.heads : null,
      geometry: metadata.role === 'projector' ? metadata.geometry : null,
      embedding: metadata.embedding,
      vocab: vocabOf(metadata),
      head: metadata.role === 'head' ? metadata.kind : null,
      madeFor: null,
      sha256: await hashes.known(absolute),
      ...(metadata.role === 'decoder' && metadata.inflated !== null
        ? { inflated: metadata.inflated.factor }
        : {}),
      problem:
        metadata.role === 'decoder' && metadata.recurrent
          ? `model ${absolute}: the architecture ${metadata.arch} is recurrent and cannot hold a draft tree; choose a transformer`
          : null,
    };
  } catch (error) {
    const bytes = await stat(absolute).then(
      ({ size }) => size,
      () => 0,
    );
    const unknown = {
      arch: 'unknown',
      quantisation: 'unknown',
      layers: null,
      heads: null,
      geometry: null,
      embedding: null,
      vocab: null,
      head: null,
      madeFor: null,
    } as const;
    return { ...blank, ...unknown, role: 'decoder', bytes, problem: errorMessage(error) };
  }
}

function roleOf({ role }: ManifestFile): ModelFile['role'] {
  return role === 'projector' || role === 'head' ? role : 'decoder';
}

function vocabOf(metadata: ModelMetadata): number | null {
  if (metadata.role === 'decoder') return metadata.vocabulary.tokens.length;
  return metadata.role === 'head' ? metadata.vocab : null;
}

async function describeBuiltIn(
  entry: ManifestFile,
  { folder, hashes }: ModelListOptions,
): Promise<ModelFile> {
  const file = path.resolve(folder, entry.file);
  const described = await describeModel(file, entry.id, hashes);
  const name = entry.file.replace(/\.gguf$/, '');
  const madeFor = entry.role === 'head' ? entry.target : null;
  const shipped = { ...described, name, builtIn: true, madeFor };
  if (described.problem !== null) {
    const head = entry.role === 'head' ? entry.head : null;
    return { ...shipped, head, role: roleOf(entry) };
  }
  const sha256 = await hashes.of(file);
  const changed = `model ${file}: the content is not that of the manifest; restore it from the repository`;
  return { ...shipped, sha256, problem: sha256 === entry.sha256 ? null : changed };
}
