import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';

const entriesSchema = z.record(
  z.string(),
  z.object({ size: z.number(), mtimeMs: z.number(), sha256: z.string() }),
);
type Entries = z.infer<typeof entriesSchema>;

/**
 * SHA-256 of files, computed once per size and modification time. With `storeFile` the hashes survive a restart:
 * a model of many gigabytes is read whole only once.
 */
export class FileHashes {
  readonly #storeFile: string | null;
  #entries: Promise<Entries> | null = null;
  readonly #running = new Map<string, Promise<string>>();
  /** the last save; the next one waits for it, since both write the same temporary file */
  #saved: Promise<void> = Promise.resolve();

  constructor(storeFile: string | null) {
    this.#storeFile = storeFile;
  }

  /** Hexadecimal SHA-256 of the file. Rejects with the file system's error when it cannot be read. */
  async of(file: string): Promise<string> {
    const { size, mtimeMs } = await stat(file);
    const entries = await this.#load();
    const known = entries[file];
    if (known?.size === size && known.mtimeMs === mtimeMs) return known.sha256;
    let running = this.#running.get(file);
    if (running === undefined) {
      running = sha256Of(file)
        .then(async (sha256) => {
          entries[file] = { size, mtimeMs, sha256 };
          await this.#save(entries);
          return sha256;
        })
        .finally(() => this.#running.delete(file));
      this.#running.set(file, running);
    }
    return await running;
  }

  /** The hash when it is known already, without reading the file. */
  async known(file: string): Promise<string | null> {
    const { size, mtimeMs } = await stat(file);
    const entry = (await this.#load())[file];
    return entry?.size === size && entry.mtimeMs === mtimeMs ? entry.sha256 : null;
  }

  #load(): Promise<Entries> {
    this.#entries ??= readStore(this.#storeFile);
    return this.#entries;
  }

  #save(entries: Entries): Promise<void> {
    const file = this.#storeFile;
    if (file === null) return Promise.resolve();
    // A store that cannot be written (full disk) only means that the file is read again next time.
    this.#saved = this.#saved.then(() => writeStore(file, entries)).catch(() => {});
    return this.#saved;
  }
}

async function writeStore(file: string, entries: Entries): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  await writeFile(temporary, JSON.stringify(entries));
  await rename(temporary, file);
}

/** An unreadable or foreign store is only a cache miss. */
async function readStore(file: string | null): Promise<Entries> {
  if (file === null) return {};
  try {
    return entriesSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return {};
  }
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}
