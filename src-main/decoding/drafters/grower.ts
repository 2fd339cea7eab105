import type { TopRows } from '../model.ts';

/** A draft's own tree in one round: what the shapes need to grow it level by level. */
export interface Grower {
  /** the last committed token */
  readonly root: number;
  /** the node that stands for it */
  readonly rootNode: number;
  /** Whether a level of `count` more nodes can be grown. */
  fits(count: number): boolean;
  /** Reads a level of nodes below earlier ones and gives their rows; the first one is node `first`. */
  grow(
    tokens: readonly number[],
    parents: readonly number[],
  ): Promise<{ readonly rows: TopRows; readonly first: number }>;
}
