import type { DraftHead, HeadRows, TopRows } from '../model.ts';
import type { Grower } from './grower.ts';
import type { Row } from './read-top.ts';

/** Grows a head's tree of one round after the other. */
export interface HeadGrower extends Grower {
  /** Starts a round's tree at the last committed token. */
  start(root: number): Promise<Row>;
}

/** What both kinds of heads have in common. */
abstract class TreeOfHead {
  readonly rootNode = -1;
  protected readonly head: DraftHead;
  protected readonly topK: number;
  /** grown in this round */
  protected nodes = 0;
  #root = 0;

  constructor(head: DraftHead, topK: number) {
    this.head = head;
    this.topK = topK;
  }

  get root(): number {
    return this.#root;
  }

  protected begin(root: number): Promise<HeadRows> {
    this.#root = root;
    this.nodes = 0;
    return this.head.start({ root, topK: this.topK });
  }
}

/** A head with a decoder layer (all but Medusa): it reads every level of its own tree. */
export class LayerGrower extends TreeOfHead implements HeadGrower {
  async start(root: number): Promise<Row> {
    return { rows: await this.begin(root), index: 0 };
  }

  fits(count: number): boolean {
    return this.nodes + count <= this.head.info.treeNodes;
  }

  async grow(
    tokens: readonly number[],
    parents: readonly number[],
  ): Promise<{ rows: TopRows; first: number }> {
    const first = this.nodes;
    const rows = await this.head.grow({
      tokens: Int32Array.from(tokens),
      parents: Int32Array.from(parents),
      topK: this.topK,
    });
    this.nodes += tokens.length;
    return { rows, first };
  }
}

/**
 * Medusa's heads, each for one more token, all from the target's state: every node of a level has the same row, that of the
 * level's head (methods.md 4.5). There are as many levels as heads.
 */
export class MedusaGrower extends TreeOfHead implements HeadGrower {
  #rows: HeadRows | null = null;
  #levels = 0;

  async start(root: number): Promise<Row> {
    this.#rows = await this.begin(root);
    this.#levels = 1;
    return { rows: this.#rows, index: 0 };
  }

  fits(): boolean {
    return this.#levels < this.head.info.startRows;
  }

  grow(tokens: readonly number[]): Promise<{ rows: TopRows; first: number }> {
    const level = this.#levels++;
    const first = this.nodes;
    this.nodes += tokens.length;
    const row = <T extends Int32Array | Float32Array>(columns: T | undefined): number[] =>
      Array.from(columns ?? []).slice(level * this.topK, (level + 1) * this.topK);
    const repeat = (values: readonly number[]): number[] => tokens.flatMap(() => values);
    const topIds = Int32Array.from(repeat(row(this.#rows?.topIds)));
    const topProbs = Float32Array.from(repeat(row(this.#rows?.topProbs)));
    return Promise.resolve({ rows: { n: tokens.length, topIds, topProbs }, first });
  }
}
