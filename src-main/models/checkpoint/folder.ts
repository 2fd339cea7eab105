/** Finds the weights of a Hugging Face folder: one file, several with an index, or those that accelerate writes beside each other. */
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { errorMessage } from '../../errors.ts';
import { ModelError } from '../model-error.ts';
import { readSafetensors } from './safetensors.ts';
import type { CheckpointTensor } from './tensor.ts';
import { readTorchFile } from './torch.ts';

export interface Checkpoint {
  readonly folder: string;
  /** names of the weight files in it */
  readonly files: readonly string[];
  readonly tensors: readonly CheckpointTensor[];
  /** content of config.json, not validated; null without one */
  readonly config: unknown;
}

const indexes = ['model.safetensors.index.json', 'pytorch_model.bin.index.json'];

/**
 * Names of the weight files, in the order in which a folder is searched: what transformers writes, and accelerate, which
 * writes a second model of a training as `model_1.safetensors`; FSDP's; and that of FasterDecoding/Medusa
 * (medusa/model/medusa_model.py, `medusa_lm_head.pt`).
 */
const names: readonly RegExp[] = [
  /^model(_\d+)?\.safetensors$/,
  /^pytorch_model(_\d+)?\.bin$/,
  /^pytorch_model_fsdp\.bin$/,
  /^medusa_lm_head\.safetensors$/,
  /^medusa_lm_head\.pt$/,
];

const indexSchema = z.object({
  weight_map: z.record(z.string(), z.string().regex(/^[\w.-]+$/, 'is no plain file name')),
});

/** @param given a folder, or a weight file in one. @throws ModelError */
export async function openCheckpoint(given: string): Promise<Checkpoint> {
  const absolute = path.resolve(given);
  const found = await stat(absolute).catch((error: unknown) => {
    throw new ModelError('missing', absolute, `cannot be opened (${errorMessage(error)}); check the path`);
  });
  const folder = found.isDirectory() ? absolute : path.dirname(absolute);
  const { files, map } = found.isDirectory()
    ? await weightFiles(folder)
    : { files: [path.basename(absolute)], map: null };
  const tensors: CheckpointTensor[] = [];
  for (const file of files) tensors.push(...(await readWeights(path.join(folder, file))));
  if (map !== null) checkIndex(folder, map, tensors);
  checkNames(folder, tensors);
  const config = await readJson(path.join(folder, 'config.json'));
  return { folder, files, tensors, config };
}

async function weightFiles(folder: string): Promise<{ files: string[]; map: Record<string, string> | null }> {
  const present = await readdir(folder);
  for (const index of indexes) {
    if (!present.includes(index)) continue;
    const parsed = indexSchema.safeParse(await readJson(path.join(folder, index)));
    if (!parsed.success) {
      throw new ModelError(
        'damaged',
        path.join(folder, index),
        `${z.prettifyError(parsed.error)}; download it again`,
      );
    }
    const map = parsed.data.weight_map;
    return { files: [...new Set(Object.values(map))].sort(), map };
  }
  for (const name of names) {
    const files = present.filter((file) => name.test(file)).sort();
    if (files.length > 0) return { files, map: null };
  }
  const wanted =
    'model.safetensors, pytorch_model.bin, one of them with its .index.json, or medusa_lm_head.pt';
  throw new ModelError('missing', folder, `no weights are in this folder; it should hold ${wanted}`);
}

async function readWeights(file: string): Promise<CheckpointTensor[]> {
  return file.endsWith('.safetensors') ? await readSafetensors(file) : await readTorchFile(file);
}

/** Every tensor that the index names must be where it says. */
function checkIndex(
  folder: string,
  map: Readonly<Record<string, string>>,
  tensors: readonly CheckpointTensor[],
): void {
  const places = new Set(tensors.map(({ name, file }) => `${path.basename(file)}/${name}`));
  const missing = Object.entries(map).filter(([name, file]) => !places.has(`${file}/${name}`));
  if (missing.length === 0) return;
  const list = missing.map(([name, file]) => `${name} in ${file}`).join(', ');
  throw new ModelError(
    'damaged',
    folder,
    `the index names tensors that are not there: ${list}; download it again`,
  );
}

function checkNames(folder: string, tensors: readonly CheckpointTensor[]): void {
  const seen = new Map<string, string>();
  for (const { name, file } of tensors) {
    const other = seen.get(name);
    if (other !== undefined) {
      const files = `${path.basename(other)} and ${path.basename(file)}`;
      throw new ModelError('unsupported', folder, `the tensor ${name} is in ${files}; leave one of them`);
    }
    seen.set(name, file);
  }
}

/** Parsed content; null where there is no such file. */
async function readJson(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw new ModelError('missing', file, `cannot be read (${error.message})`);
  });
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch (error) {
    throw new ModelError('damaged', file, `no valid JSON (${errorMessage(error)}); download it again`);
  }
}
