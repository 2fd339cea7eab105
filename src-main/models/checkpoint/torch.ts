/** Tensors of a file written by torch.save: a zip archive since PyTorch 1.6, several pickles in a row before. */
import { type FileHandle, open } from 'node:fs/promises';
import { errorMessage } from '../../errors.ts';
import { elementsOf } from '../gguf/format.ts';
import { ModelError } from '../model-error.ts';
import {
  type Dict,
  type List,
  type PickledTensor,
  PickleError,
  readPickle,
  type Storage,
  type Value,
} from './pickle.ts';
import { type CheckpointTensor, dtypeBytes } from './tensor.ts';
import { readZipDirectory, ZipError, zipDataStart } from './zip.ts';

/** A checkpoint's pickle holds names and shapes only. */
const longestPickle = 64 << 20;
/** First value of the old format (torch/serialization.py, MAGIC_NUMBER). */
const legacyMagic = 0x1950a86a20f9469cfc6cn;

/** Where each storage's data begin, by key. */
type Places = (storage: Storage) => Promise<number>;

/** @throws ModelError for a file that is cut off, damaged, of another kind, or that asks for more than tensors. */
export async function readTorchFile(path: string): Promise<CheckpointTensor[]> {
  await using file = await open(path, 'r').catch((error: unknown) => {
    throw new ModelError('missing', path, `cannot be opened (${errorMessage(error)}); check the path`);
  });
  try {
    const { size } = await file.stat();
    const first = (await file.read(Buffer.alloc(4), 0, 4, 0)).buffer;
    const isZip = first.toString('latin1') === 'PK\u0003\u0004';
    const { value, places } = isZip ? await readArchive(file) : await readLegacy(file, size);
    return await tensorsOf(path, size, value, places);
  } catch (error) {
    if (error instanceof PickleError) {
      const remedy =
        'Specula reads checkpoints as data and runs nothing in them; save the state dictionary alone, best as safetensors';
      throw new ModelError('unsupported', path, `its pickle is refused: ${error.message}. ${remedy}`, {
        cause: error,
      });
    }
    if (error instanceof ZipError) {
      const reason = `the file is cut off or damaged (${error.message}); download it again`;
      throw new ModelError('damaged', path, reason, { cause: error });
    }
    throw error;
  }
}

async function readArchive(file: FileHandle): Promise<{ value: Value; places: Places }> {
  const entries = new Map((await readZipDirectory(file)).map((entry) => [entry.name, entry]));
  const main = [...entries.keys()].find((name) => /(^|\/)data\.pkl$/.test(name));
  if (main === undefined)
    throw new PickleError('the archive holds no data.pkl, so torch.save did not write it');
  const prefix = main.slice(0, -'data.pkl'.length);
  const placeOf = async (name: string, most: number): Promise<{ start: number; bytes: number }> => {
    const entry = entries.get(name);
    if (entry === undefined) throw new ZipError(`the entry ${name} is missing`);
    if (entry.compressed) throw new ZipError(`the entry ${name} is compressed, as torch.save never does`);
    if (entry.bytes > most) throw new ZipError(`the entry ${name} has ${entry.bytes} bytes`);
    return { start: await zipDataStart(file, entry), bytes: entry.bytes };
  };
  const read = async (name: string, most: number): Promise<Buffer> => {
    const { start, bytes } = await placeOf(name, most);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, start);
    if (bytesRead < bytes) throw new ZipError(`the entry ${name} ends early`);
    return buffer;
  };
  const order = `${prefix}byteorder`;
  if (entries.has(order) && (await read(order, 16)).toString('latin1') !== 'little') {
    throw new PickleError('it was written on a big-endian machine');
  }
  const places = async (storage: Storage): Promise<number> => {
    const place = await placeOf(`${prefix}data/${storage.key}`, Number.MAX_SAFE_INTEGER);
    if (place.bytes < storage.elements * dtypeBytes[storage.dtype]) {
      throw new ZipError(`storage ${storage.key} is shorter than announced`);
    }
    return place.start;
  };
  return { value: readPickle(await read(main, longestPickle)).value, places };
}

/** Magic number, protocol, system, the value, the keys of the storages; then each storage: its elements as i64, and its data. */
async function readLegacy(file: FileHandle, size: number): Promise<{ value: Value; places: Places }> {
  const length = Math.min(size, longestPickle);
  const head = (await file.read(Buffer.alloc(length), 0, length, 0)).buffer;
  if (head[0] !== 0x80) throw new PickleError('it begins like no file of torch.save');
  const magic = readPickle(head);
  if (magic.value !== legacyMagic) throw new PickleError('it begins like no file of torch.save');
  const protocol = readPickle(head, magic.end);
  const system = readPickle(head, protocol.end);
  const little = dictOf(system.value)?.entries.get('little_endian');
  if (little !== true) throw new PickleError('it was not written on a little-endian machine');
  const main = readPickle(head, system.end);
  const keys = readPickle(head, main.end);
  const order = listOf(keys.value);
  if (order === null) throw new PickleError('the keys of its storages are missing');
  const storages = new Map(storagesOf(main.value).map((storage) => [storage.key, storage]));
  const starts = new Map<string, number>();
  let at = keys.end;
  for (const key of order.items) {
    const storage = typeof key === 'string' ? storages.get(key) : undefined;
    if (storage === undefined) throw new PickleError(`a storage ${String(key)} that no tensor uses`);
    starts.set(storage.key, at + 8);
    at += 8 + storage.elements * dtypeBytes[storage.dtype];
    if (at > size) throw new ZipError(`storage ${storage.key} reaches behind the end`);
  }
  const places = (storage: Storage): Promise<number> => {
    const start = starts.get(storage.key);
    if (start === undefined) throw new ZipError(`storage ${storage.key} is missing`);
    return Promise.resolve(start);
  };
  return { value: main.value, places };
}

const dictOf = (value: Value | undefined): Dict | null =>
  typeof value === 'object' && value?.kind === 'dict' ? value : null;
const listOf = (value: Value): List | null =>
  typeof value === 'object' && value?.kind === 'list' ? value : null;
const tensorIn = (value: Value): PickledTensor | null =>
  typeof value === 'object' && value?.kind === 'tensor' ? value : null;

function storagesOf(value: Value): Storage[] {
  const values = [...(dictOf(value)?.entries.values() ?? [])];
  return values.map(tensorIn).flatMap((tensor) => (tensor === null ? [] : [tensor.storage]));
}

async function tensorsOf(
  path: string,
  size: number,
  value: Value,
  places: Places,
): Promise<CheckpointTensor[]> {
  const dict = dictOf(value);
  if (dict === null) throw new PickleError('it holds no dictionary of tensors');
  const tensors: CheckpointTensor[] = [];
  for (const [name, item] of dict.entries) {
    const tensor = tensorIn(item);
    if (tensor === null || typeof name !== 'string') {
      throw new PickleError(`its entry ${JSON.stringify(name)} is no tensor, so it is no state dictionary`);
    }
    const { storage, offset, shape } = tensor;
    if (!isContiguous(tensor)) {
      throw new PickleError(
        `the tensor ${name} is a view that is not contiguous; save it with .contiguous()`,
      );
    }
    if (offset + elementsOf(shape) > storage.elements) {
      throw new ZipError(`tensor ${name} is larger than its storage`);
    }
    const width = dtypeBytes[storage.dtype];
    const start = (await places(storage)) + offset * width;
    const bytes = elementsOf(shape) * width;
    if (start + bytes > size) throw new ZipError(`tensor ${name} reaches behind the end`);
    tensors.push({ name, dtype: storage.dtype, shape, file: path, start, bytes });
  }
  return tensors;
}

/** Row after row without gaps; the stride of a side of length 1 says nothing. */
function isContiguous({ shape, strides }: PickledTensor): boolean {
  let wanted = 1;
  for (let side = shape.length - 1; side >= 0; side--) {
    const length = shape[side] ?? 0;
    if (length !== 1 && strides[side] !== wanted) return false;
    wanted *= length;
  }
  return true;
}
