import { statSync } from 'node:fs';
import { errorMessage } from '../errors.ts';
import type { NativeContextOptions, NativeHead, NativeModel } from './native/surface.ts';
import { headInfoSchema } from './native/validate.ts';

/**
 * A loaded model's context and draft head. Both are made anew only when a run asks for something else: hidden states are
 * kept only for a head that reads them, as keeping them costs time.
 */
export class HeadSlot {
  readonly #model: NativeModel;
  readonly #options: NativeContextOptions;
  readonly #onLoading: (file: string) => void;
  #head: { readonly key: string; readonly head: NativeHead } | null = null;
  /** what the context keeps, as text; null: there is no context yet */
  #kept: string | null = null;
  #contextSize = 0;

  constructor(model: NativeModel, options: NativeContextOptions, onLoading: (file: string) => void) {
    this.#model = model;
    this.#options = options;
    this.#onLoading = onLoading;
  }

  /** Makes the head of `file` (null: none) and a context for it ready. Rejects with the reason when the head does not fit. */
  async attach(file: string | null): Promise<{ head: NativeHead | null; contextSize: number }> {
    const head = await this.#load(file);
    const features = head === null ? null : head.info.featureLayers;
    const kept = JSON.stringify(features && Array.from(features));
    if (this.#kept !== kept) {
      this.#kept = null;
      const made = await this.#model.createContext({ ...this.#options, features });
      this.#contextSize = made.contextSize;
      this.#kept = kept;
    }
    return { head, contextSize: this.#contextSize };
  }

  async #load(file: string | null): Promise<NativeHead | null> {
    const key = file === null ? null : fileStamp(file, 'draft head');
    if (this.#head !== null && this.#head.key === key) return this.#head.head;
    // One that is not needed any more must not take memory.
    await this.#head?.head.dispose();
    this.#head = null;
    if (file === null || key === null) return null;
    this.#onLoading(file);
    const head = await this.#model.loadHead({ path: file, threads: this.#options.threads });
    headInfoSchema.parse(head.info);
    this.#head = { key, head };
    return head;
  }
}

/** Changes when the file does. Throws for one that is not there. */
export function fileStamp(file: string, role: string): string {
  try {
    const { size, mtimeMs } = statSync(file);
    return `${file} ${size} ${mtimeMs}`;
  } catch (error) {
    throw new Error(`the file ${file} of the ${role} cannot be read: ${errorMessage(error)}`, {
      cause: error,
    });
  }
}
