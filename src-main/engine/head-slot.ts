import { statSync } from 'node:fs';
import { errorMessage } from '../errors.ts';
import type { NativeContextOptions, NativeHead, NativeModel } from './native/surface.ts';
import { headInfoSchema } from './native/validate.ts';

/**
 * A loaded model's context and draft heads. They are made anew only when a run asks for something else: hidden states are
 * kept only for a head that reads them, as keeping them costs time.
 */
export class HeadSlot {
  readonly #model: NativeModel;
  readonly #options: NativeContextOptions;
  readonly #onLoading: (file: string) => void;
  readonly #heads = new Map<string, NativeHead>();
  /** what the context keeps, as text; null: there is no context yet */
  #kept: string | null = null;
  #contextSize = 0;

  constructor(model: NativeModel, options: NativeContextOptions, onLoading: (file: string) => void) {
    this.#model = model;
    this.#options = options;
    this.#onLoading = onLoading;
  }

  /**
   * Makes the head of `file` (null: none) and a context for it ready. Rejects with the reason when the head does not fit.
   * `keep`: other heads stay loaded, for runs that take turns.
   */
  async attach(file: string | null, keep = false): Promise<{ head: NativeHead | null; contextSize: number }> {
    const head = await this.#load(file, keep);
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

  /** Frees the heads; the model is the owner's. */
  async dispose(): Promise<void> {
    await this.#dropAllBut(null);
  }

  async #load(file: string | null, keep: boolean): Promise<NativeHead | null> {
    const key = file === null ? null : fileStamp(file, 'draft head');
    // One that is not needed any more must not take memory.
    if (!keep) await this.#dropAllBut(key);
    if (file === null || key === null) return null;
    const known = this.#heads.get(key);
    if (known !== undefined) return known;
    this.#onLoading(file);
    const head = await this.#model.loadHead({ path: file, threads: this.#options.threads });
    headInfoSchema.parse(head.info);
    this.#heads.set(key, head);
    return head;
  }

  async #dropAllBut(kept: string | null): Promise<void> {
    for (const [key, head] of [...this.#heads]) {
      if (key === kept) continue;
      this.#heads.delete(key);
      await head.dispose();
    }
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
