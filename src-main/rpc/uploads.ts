import { imageLimits } from '../images/pixels.ts';
import { ExpectedError } from './expected.ts';

/** Files that windows send piece by piece, as one message holds a megabyte at most. Only the newest few are kept. */
export class Uploads {
  readonly #most: number;
  readonly #parts = new Map<string, Uint8Array[]>();

  /** @param most files kept at once */
  constructor(most = 3) {
    this.#most = most;
  }

  /**
   * Adds the next piece of a file.
   * @throws ExpectedError when the file grows beyond what a picture may have
   */
  add(id: string, part: Uint8Array): void {
    const parts = [...(this.#parts.get(id) ?? []), part];
    this.#parts.delete(id);
    if (sizeOf(parts) > imageLimits.fileBytes) {
      throw new ExpectedError(
        `The picture has more than ${imageLimits.fileBytes / 2 ** 20} MB: save it smaller.`,
      );
    }
    this.#parts.set(id, parts);
    const [oldest] = this.#parts.keys();
    if (this.#parts.size > this.#most && oldest !== undefined) this.#parts.delete(oldest);
  }

  /** @throws ExpectedError for a file that is not kept any more */
  bytes(id: string): Uint8Array {
    const parts = this.#parts.get(id);
    if (parts === undefined) throw new ExpectedError('The picture is not here any more: choose it again.');
    return Buffer.concat(parts);
  }

  remove(id: string): void {
    this.#parts.delete(id);
  }
}

const sizeOf = (parts: readonly Uint8Array[]): number => parts.reduce((sum, part) => sum + part.length, 0);
