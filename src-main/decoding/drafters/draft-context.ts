import { errorMessage } from '../../errors.ts';
import { maxTreeLeaves } from '../limits.ts';
import type { RowsOut, RowWants, TreeModel } from '../model.ts';
import type { Prompt } from './drafter.ts';
import type { Grower } from './grower.ts';
import type { Row } from './read-top.ts';

/** A model that drafts, with what must be known about it. */
export interface DraftingModel extends TreeModel {
  readonly context: { readonly contextSize: number } | null;
}

/** Committed tokens fed in one decode; more are fed in several. */
const slice = 64;

/**
 * The draft model's own context over a turn: its committed prefix, the committed tokens that it has not seen yet, and
 * the tree it grows from them in this round. Nothing is evaluated twice: after a round, what its tree shares with the
 * committed tokens becomes prefix.
 */
export class DraftContext implements Grower {
  readonly #model: DraftingModel;
  readonly #size: number;
  readonly #wants: RowWants;
  /** committed tokens not in the prefix; the last one is the root of the next tree */
  #pending: number[] = [];
  #cells = 0;
  /** nodes of the tree in the model: a chain of pending tokens, then grown nodes */
  #tokens: number[] = [];
  #parents: number[] = [];
  /** length of that chain; 0: no tree */
  #head = 0;

  constructor(model: DraftingModel, topK: number) {
    if (model.context === null) throw new Error('the draft model has no context; create one before drafting');
    this.#model = model;
    this.#size = model.context.contextSize;
    this.#wants = { topK, layers: new Int32Array(0), patches: false, heads: false };
  }

  async begin(prompt: Prompt): Promise<void> {
    this.#pending = [];
    this.#head = 0;
    try {
      this.#cells = (await this.#model.prefill({ ...prompt, wants: this.#wants })).nCells;
    } catch (error) {
      throw new Error(`the draft model cannot take the prompt: ${errorMessage(error)}`, { cause: error });
    }
  }

  /** The last observed token. */
  get root(): number {
    return this.#pending.at(-1) ?? 0;
  }

  /** Feeds the pending tokens and returns the row of the last one; null when they do not fit into the context. */
  async start(): Promise<Row | null> {
    if (this.#cells + this.#pending.length > this.#size) return null;
    while (this.#pending.length > slice) {
      await this.#feed(this.#pending.slice(0, slice));
      this.#commit(Int32Array.from({ length: slice }, (_, i) => i));
      this.#pending = this.#pending.slice(slice);
    }
    const rows = await this.#feed(this.#pending);
    this.#head = this.#pending.length;
    return { rows, index: this.#head - 1 };
  }

  /** Node of the tree that stands for the root of the draft. */
  get rootNode(): number {
    return this.#head - 1;
  }

  /** Whether `count` more nodes fit, into the context and into what one tree may hold. */
  fits(count: number): boolean {
    const grown = this.#tokens.length - this.#head + count;
    return grown <= maxTreeLeaves && this.#cells + this.#head + grown <= this.#size;
  }

  /** Decodes more nodes of the tree, `parents` being nodes of it. Returns their rows; the first one is node `first`. */
  async grow(
    tokens: readonly number[],
    parents: readonly number[],
  ): Promise<{ rows: RowsOut; first: number }> {
    const first = this.#tokens.length;
    const rows = await this.#model.growTree({
      tokens: Int32Array.from(tokens),
      parents: Int32Array.from(parents),
      wants: this.#wants,
    });
    for (const token of tokens) this.#tokens.push(token);
    for (const parent of parents) this.#parents.push(parent);
    return { rows, first };
  }

  /** Takes the committed tokens of a round: what the tree already holds becomes prefix, the rest is pending. */
  observe(committed: readonly number[]): void {
    if (this.#head === 0) {
      for (const token of committed) this.#pending.push(token);
      return;
    }
    const path = Array.from({ length: this.#head }, (_, i) => i);
    let shared = 0;
    // The last token stays pending in any case: the next tree starts with it.
    while (shared < committed.length - 1) {
      const node = this.#child(path.at(-1) ?? 0, this.#known(committed[shared] ?? 0));
      if (node < 0) break;
      path.push(node);
      shared++;
    }
    this.#commit(Int32Array.from(path));
    this.#head = 0;
    this.#pending = committed.slice(shared);
  }

  async #feed(tokens: readonly number[]): Promise<RowsOut> {
    this.#tokens = tokens.map((token) => this.#known(token));
    this.#parents = tokens.map((_, i) => i - 1);
    return this.#model.decodeTree({
      tokens: Int32Array.from(this.#tokens),
      parents: Int32Array.from(this.#parents),
      wants: this.#wants,
    });
  }

  #commit(path: Int32Array): void {
    this.#cells = this.#model.accept(path).nCells;
    this.#tokens = [];
    this.#parents = [];
  }

  #child(parent: number, token: number): number {
    for (let i = parent + 1; i < this.#tokens.length; i++) {
      if (this.#parents[i] === parent && this.#tokens[i] === token) return i;
    }
    return -1;
  }

  /** Targets can have more (padding) ids than their draft: it reads token 0 for those, which costs acceptance only. */
  #known(token: number): number {
    return token < this.#model.info.vocab ? token : 0;
  }
}
