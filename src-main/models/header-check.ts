import { type FileHandle, open } from 'node:fs/promises';
import { errorMessage } from '../errors.ts';
import { ModelError } from './model-error.ts';

// Value types of GGUF (ggml/docs/gguf.md) and the bytes of those with a fixed size.
const FIXED_SIZES = new Map([
  [0, 1],
  [1, 1],
  [2, 2],
  [3, 2],
  [4, 4],
  [5, 4],
  [6, 4],
  [7, 1],
  [10, 8],
  [11, 8],
  [12, 8],
]);
const STRING = 8;
const ARRAY = 9;
const F32_OR_F16 = new Map([
  [0, 4],
  [1, 2],
]);
const MOST_DIMENSIONS = 4;
const DEFAULT_ALIGNMENT = 32;
const WINDOW = 1 << 20;

/**
 * Walks the header of a GGUF file and makes sure that everything it announces lies inside the file. The library that
 * reads the metadata reads zeros behind the end of a file, so a cut or broken header would pass or never end there.
 * @returns the size of the file and of its tensor data, in bytes.
 * @throws ModelError naming the file, the reason and the remedy.
 */
export async function checkGgufHeader(path: string): Promise<{ fileBytes: number; tensorBytes: number }> {
  await using file = await open(path, 'r').catch((error: unknown) => {
    throw new ModelError('missing', path, `cannot be opened (${errorMessage(error)}); check the path`);
  });
  const stat = await file.stat();
  if (!stat.isFile()) throw new ModelError('missing', path, 'this is no file; choose a .gguf file');
  return await new HeaderWalk(file, path, stat.size).run();
}

class HeaderWalk {
  readonly #file: FileHandle;
  readonly #path: string;
  readonly #size: number;
  #at = 0;
  #window: Buffer = Buffer.alloc(0);
  #windowStart = 0;

  constructor(file: FileHandle, path: string, size: number) {
    this.#file = file;
    this.#path = path;
    this.#size = size;
  }

  async run(): Promise<{ fileBytes: number; tensorBytes: number }> {
    if (this.#size < 4) throw new ModelError('not-gguf', this.#path, 'the file is empty; download it again');
    const magic = (await this.#take(4)).toString('latin1');
    if (magic !== 'GGUF') {
      const reason = `no GGUF file, it starts with ${JSON.stringify(magic)}; choose a .gguf file`;
      throw new ModelError('not-gguf', this.#path, reason);
    }
    const version = await this.#u32();
    if (version !== 2 && version !== 3) {
      const reason = `GGUF version ${version} is not supported; convert it with a current llama.cpp`;
      throw new ModelError('unsupported', this.#path, reason);
    }
    const tensors = await this.#count(24);
    const pairs = await this.#count(12);
    let alignment = DEFAULT_ALIGNMENT;
    for (let pair = 0; pair < pairs; pair++) {
      const key = await this.#string();
      const type = await this.#u32();
      if (key === 'general.alignment' && type === 4) alignment = await this.#u32();
      else await this.#skipValue(type);
    }
    const ends: number[] = [];
    for (let tensor = 0; tensor < tensors; tensor++) ends.push(await this.#tensorEnd());
    const start = Math.ceil(this.#at / alignment) * alignment;
    const last = ends.reduce((most, end) => Math.max(most, end), 0);
    if (start + last > this.#size) this.#fail('tensor data reach behind the end of the file');
    return { fileBytes: this.#size, tensorBytes: Math.max(0, this.#size - start) };
  }

  /** Reads one tensor's description and returns where its data end at least, counted from the start of the data. */
  async #tensorEnd(): Promise<number> {
    await this.#string();
    const dimensions = await this.#u32();
    if (dimensions > MOST_DIMENSIONS) this.#fail(`a tensor has ${dimensions} dimensions`);
    let elements = 1;
    for (let dimension = 0; dimension < dimensions; dimension++) elements *= await this.#u64();
    const type = await this.#u32();
    const offset = await this.#u64();
    // Quantised sizes depend on the block layout; one byte is a safe lower bound, the engine checks the rest.
    return offset + (F32_OR_F16.has(type) ? elements * (F32_OR_F16.get(type) ?? 0) : 1);
  }

  async #skipValue(type: number): Promise<void> {
    const fixed = FIXED_SIZES.get(type);
    if (fixed !== undefined) await this.#skip(fixed);
    else if (type === STRING) await this.#string();
    else if (type === ARRAY) await this.#skipArray();
    else this.#fail(`metadata of unknown type ${type}`);
  }

  async #skipArray(): Promise<void> {
    const type = await this.#u32();
    const fixed = FIXED_SIZES.get(type);
    if (fixed !== undefined) {
      await this.#skip((await this.#count(fixed)) * fixed);
    } else if (type === STRING) {
      const length = await this.#count(8);
      for (let item = 0; item < length; item++) await this.#skip(await this.#u64());
    } else {
      this.#fail(`an array of type ${type}`);
    }
  }

  /** A number of items of at least `itemBytes` each, which must fit into the rest of the file. */
  async #count(itemBytes: number): Promise<number> {
    const count = await this.#u64();
    if (count * itemBytes > this.#size - this.#at)
      this.#fail(`${count} entries announced, more than fit into it`);
    return count;
  }

  async #string(): Promise<string> {
    return (await this.#take(await this.#u64())).toString('utf8');
  }

  async #u32(): Promise<number> {
    return (await this.#take(4)).readUInt32LE();
  }

  async #u64(): Promise<number> {
    return Number((await this.#take(8)).readBigUInt64LE());
  }

  async #skip(length: number): Promise<void> {
    this.#reach(length);
    this.#at += length;
  }

  async #take(length: number): Promise<Buffer> {
    this.#reach(length);
    const inWindow = this.#at - this.#windowStart;
    if (inWindow < 0 || inWindow + length > this.#window.length) {
      const wanted = Math.min(Math.max(length, WINDOW), this.#size - this.#at);
      const { buffer, bytesRead } = await this.#file.read(Buffer.alloc(wanted), 0, wanted, this.#at);
      if (bytesRead < length) this.#fail('the file ends early');
      this.#window = buffer.subarray(0, bytesRead);
      this.#windowStart = this.#at;
    }
    const start = this.#at - this.#windowStart;
    this.#at += length;
    return this.#window.subarray(start, start + length);
  }

  #reach(length: number): void {
    if (length > this.#size - this.#at) this.#fail('the header reaches behind the end of the file');
  }

  #fail(reason: string): never {
    throw new ModelError(
      'damaged',
      this.#path,
      `the file is cut off or damaged (${reason}); download it again`,
    );
  }
}
