/** Image tokens; they are never matched and never copied. */
const image = -1;

/**
 * Places of all n-grams of a growing text. The latest place of each hash is kept, and for each place the one before it
 * with the same hash, so a look-up takes as many steps as there are places to pass over, however long the text.
 */
export class NgramIndex {
  readonly #ngram: number;
  readonly #tokens: number[] = [];
  /** start of the latest n-gram by hash */
  readonly #latest = new Map<number, number>();
  /** per start, the start before it with the same hash; -1: none */
  readonly #before: number[] = [];
  /** index of the latest image token; -1: none */
  #image = -1;

  constructor(ngram: number) {
    this.#ngram = ngram;
  }

  get tokens(): readonly number[] {
    return this.#tokens;
  }

  add(token: number): void {
    const end = this.#tokens.push(token);
    if (token === image) this.#image = end - 1;
    const start = end - this.#ngram;
    if (start < 0) return;
    if (this.#image >= start) {
      this.#before.push(-1);
      return;
    }
    const hash = this.#hash(start);
    this.#before.push(this.#latest.get(hash) ?? -1);
    this.#latest.set(hash, start);
  }

  /**
   * The most recent place, lying fully before the last n tokens, where those tokens stood before: the start of what
   * followed, and its length, at most `longest` and clipped at the end of the text (methods.md 4.1, corrected). Neither
   * the query nor what followed may hold an image token. Null when there is no such place.
   */
  lookUp(longest: number): { readonly start: number; readonly length: number } | null {
    const tokens = this.#tokens;
    const query = tokens.length - this.#ngram;
    if (query < 0 || this.#image >= query) return null;
    for (let at = this.#before[query] ?? -1; at >= 0; at = this.#before[at] ?? -1) {
      const start = at + this.#ngram;
      if (start > query || !this.#same(at, query)) continue;
      const length = Math.min(longest, tokens.length - start);
      if (!tokens.slice(start, start + length).includes(image)) return { start, length };
    }
    return null;
  }

  #same(a: number, b: number): boolean {
    for (let i = 0; i < this.#ngram; i++) if (this.#tokens[a + i] !== this.#tokens[b + i]) return false;
    return true;
  }

  #hash(start: number): number {
    let hash = 0;
    for (let i = start; i < start + this.#ngram; i++) {
      hash = Math.imul(hash ^ (this.#tokens[i] ?? 0), 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    return hash;
  }
}
