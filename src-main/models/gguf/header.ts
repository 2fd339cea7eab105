import { type FileHandle, open } from 'node:fs/promises';
import { errorMessage } from '../../errors.ts';
import { ModelError } from '../model-error.ts';
import {
  alignUp,
  defaultAlignment,
  elementBytes,
  elementsOf,
  tensorTypeName,
  valueBytes,
  valueTypes,
} from './format.ts';

const mostDimensions = 4;
const readAhead = 1 << 20;

/** Where one metadata value lies in the file; `type` as in `valueTypes`. */
export interface HeaderPair {
  readonly key: string;
  readonly type: number;
  readonly start: number;
  readonly end: number;
}

export interface HeaderTensor {
  readonly name: string;
  /** in ggml's order: the row length first */
  readonly shape: readonly number[];
  /** ggml_type */
  readonly type: number;
  /** of the data, in bytes from the start of the file */
  readonly start: number;
  /** bytes up to the next tensor or the end of the file: the data, and up to `alignment` bytes of padding */
  readonly room: number;
}

/** What the header of a GGUF file announces. */
export interface GgufLayout {
  readonly fileBytes: number;
  /** of the tensor data */
  readonly tensorBytes: number;
  readonly pairs: readonly HeaderPair[];
  readonly tensors: readonly HeaderTensor[];
}

/**
 * Walks the header of a GGUF file and makes sure that everything it announces lies inside the file. The library that
 * reads the metadata reads zeros behind the end of a file, so a cut or broken header would pass or never end there.
 * @throws ModelError naming the file, the reason and the remedy.
 */
export async function readGgufLayout(path: string): Promise<GgufLayout> {
  await using file = await open(path, 'r').catch((error: unknown) => {
    throw new ModelError('missing', path, `cannot be opened (${errorMessage(error)}); check the path`);
  });
  const stat = await file.stat();
  if (!stat.isFile()) throw new ModelError('missing', path, 'this is no file; choose a .gguf file');
  return await new HeaderWalk(file, path, stat.size).run();
}

/** A tensor as the header names it: its offset counts from the start of the data, `least` bytes follow there. */
interface Announced {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: number;
  readonly offset: number;
  readonly least: number;
}

function placed(announced: readonly Announced[], dataStart: number, fileBytes: number): HeaderTensor[] {
  const starts = announced.map(({ offset }) => dataStart + offset).sort((a, b) => a - b);
  const next = new Map(starts.map((start, at) => [start, starts[at + 1] ?? fileBytes]));
  return announced.map(({ name, shape, type, offset }) => {
    const start = dataStart + offset;
    return { name, shape, type, start, room: (next.get(start) ?? fileBytes) - start };
  });
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

  async run(): Promise<GgufLayout> {
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
    const tensorCount = await this.#count(24);
    const pairCount = await this.#count(12);
    let alignment = defaultAlignment;
    const pairs: HeaderPair[] = [];
    for (let pair = 0; pair < pairCount; pair++) {
      const key = await this.#string();
      const type = await this.#u32();
      const start = this.#at;
      if (key === 'general.alignment' && type === valueTypes.u32) alignment = await this.#u32();
      else await this.#skipValue(type);
      pairs.push({ key, type, start, end: this.#at });
    }
    const announced: Announced[] = [];
    for (let tensor = 0; tensor < tensorCount; tensor++) announced.push(await this.#tensor());
    const dataStart = alignUp(this.#at, alignment);
    const end = announced.reduce((most, { offset, least }) => Math.max(most, offset + least), 0);
    if (dataStart + end > this.#size) this.#fail('tensor data reach behind the end of the file');
    return {
      fileBytes: this.#size,
      tensorBytes: Math.max(0, this.#size - dataStart),
      pairs,
      tensors: placed(announced, dataStart, this.#size),
    };
  }

  async #tensor(): Promise<Announced> {
    const name = await this.#string();
    const dimensions = await this.#u32();
    if (dimensions > mostDimensions) this.#fail(`a tensor has ${dimensions} dimensions`);
    const shape: number[] = [];
    for (let dimension = 0; dimension < dimensions; dimension++) shape.push(await this.#u64());
    const type = await this.#u32();
    const offset = await this.#u64();
    const plain = tensorTypeName(type);
    // Quantised sizes depend on the block layout; one byte is a safe lower bound, the engine checks the rest.
    return { name, shape, type, offset, least: plain === null ? 1 : elementsOf(shape) * elementBytes[plain] };
  }

  async #skipValue(type: number): Promise<void> {
    const fixed = valueBytes.get(type);
    if (fixed !== undefined) await this.#skip(fixed);
    else if (type === valueTypes.string) await this.#string();
    else if (type === valueTypes.array) await this.#skipArray();
    else this.#fail(`metadata of unknown type ${type}`);
  }

  async #skipArray(): Promise<void> {
    const type = await this.#u32();
    const fixed = valueBytes.get(type);
    if (fixed !== undefined) {
      await this.#skip((await this.#count(fixed)) * fixed);
    } else if (type === valueTypes.string) {
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
      const wanted = Math.min(Math.max(length, readAhead), this.#size - this.#at);
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
