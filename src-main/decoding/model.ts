/**
 * What the decoding core needs from a model: prompts in, trees of tokens verified, rows out.
 * The native addon implements it (`engine/native`); nothing here knows N-API.
 *
 * Positions (`pos`) are llama.cpp positions; cells are KV-cache slots. Under M-RoPE the two differ.
 */

import type { HeadKind } from '#shared/domain/head.ts';

export type PrefillPart =
  | { readonly text: string; readonly parseSpecial: boolean }
  | { readonly tokens: Int32Array }
  | { readonly image: { readonly width: number; readonly height: number; readonly rgb: Uint8Array } };

export interface PrefillChunk {
  readonly kind: 'text' | 'image';
  /** index of the part in the request that this chunk came from (an image may give several tiles) */
  readonly part: number;
  /** token ids of a text chunk; null for an image */
  readonly tokens: Int32Array | null;
  /** number of tokens (cells) */
  readonly count: number;
  readonly pos: number;
  readonly positions: number;
  /**
   * token grid of an image chunk, row-major; null for text. Known for M-RoPE models only: otherwise a square number of
   * tokens is taken as a square, any other as one row
   */
  readonly grid: { readonly nx: number; readonly ny: number } | null;
}

/** What to report about rows. All sizes in tokens. */
export interface RowWants {
  /** ids and probabilities of the k most likely tokens per row, 1..64 */
  readonly topK: number;
  /** layers whose attention is read; empty: none. Needs `capture`. */
  readonly layers: Int32Array;
  /** per-patch mass (mean over heads) as well as shares */
  readonly patches: boolean;
  /** per-head patch mass too: large, only on demand */
  readonly heads: boolean;
  /** image share of every head as well as their mean */
  readonly headShares?: boolean;
}

/**
 * Rows of one decode, n = number of new nodes (prefill: 1, the last prompt token).
 * Probabilities are softmax of the raw logits (temperature 1), computed in double.
 */
export interface RowsOut {
  readonly n: number;
  /** [n*topK], ordered by decreasing probability, ties by lower id */
  readonly topIds: Int32Array;
  readonly topProbs: Float32Array;
  readonly topLogits: Float32Array;
  /** [n] entropy in nats */
  readonly entropy: Float32Array;
  /** [n] top1 logit - top2 logit */
  readonly margin: Float32Array;
  /**
   * [n] probability and 0-based rank of node i's own token at its parent's row; NaN / -1 where that row is not at hand:
   * node 0, prefill, and grown nodes below a row older than the latest decode
   */
  readonly ownProb: Float32Array;
  readonly ownRank: Int32Array;
  /**
   * [layers][n][4] shares of attention, mean over heads, on: prompt text before the first image ("system"), image,
   * prompt text after it (all of it without an image), generated
   */
  readonly shares: Float32Array;
  /** [layers][n][patches] if wanted, else empty; image tokens in prompt order, all images concatenated */
  readonly patchMass: Float32Array;
  /** [layers][n][heads][patches] if wanted, else empty */
  readonly headPatchMass: Float32Array;
  /** [layers][n][heads] image share of each head if wanted, else empty */
  readonly headShares: Float32Array;
  /** [n] KV cell of each node; -1 without capture */
  readonly cells: Int32Array;
  /** `capture` is the part of `decode` that was spent reading attention */
  readonly ms: { readonly decode: number; readonly capture: number; readonly reduce: number };
}

export interface PrefillOut {
  readonly chunks: readonly PrefillChunk[];
  /** first free position */
  readonly nPast: number;
  /** cells used */
  readonly nCells: number;
  readonly imageTokens: number;
  readonly ms: { readonly tokenize: number; readonly encode: number; readonly decode: number };
  /** the last prompt token's row */
  readonly row: RowsOut;
  /** [nCells][promptTop] ids of the most likely tokens after each prompt token, best first, -1 after image tokens; null: not asked for */
  readonly promptTop: Int32Array | null;
}

export interface TreeModel {
  readonly info: { readonly vocab: number };
  tokenize(text: string, o: { readonly addSpecial: boolean; readonly parseSpecial: boolean }): Int32Array;
  /** bytes of each token (special tokens rendered as their text): tokens can split UTF-8 characters */
  pieces(tokens: Int32Array): Uint8Array[];
  /** texts of all tokens that `parseSpecial` finds in a text, so that user text containing one can be kept plain */
  specialTokens(): string[];
  /**
   * Clears the cache and evaluates a prompt; when that fails, the cache is left empty. `addSpecial` adds BOS where the
   * model wants it. `promptTop` (0..64): how many of the most likely tokens to report after each prompt token.
   */
  prefill(o: {
    readonly parts: readonly PrefillPart[];
    readonly addSpecial: boolean;
    readonly wants: RowWants;
    readonly promptTop?: number;
  }): Promise<PrefillOut>;
  /**
   * Starts a new tree at the committed prefix and decodes all its nodes in one `llama_decode`
   * (shared-prefix scheme). Node 0 is the root (parent -1): a committed token not yet in the cache.
   * Parents come before children. An earlier tree that was not accepted is dropped. When decoding fails or is cancelled,
   * the whole tree is dropped and the prefix stays.
   */
  decodeTree(o: {
    readonly tokens: Int32Array;
    readonly parents: Int32Array;
    readonly wants: RowWants;
  }): Promise<RowsOut>;
  /** Adds nodes to the current tree, one `llama_decode`; parents index the whole tree (old nodes first). Used by draft models, level by level. */
  growTree(o: {
    readonly tokens: Int32Array;
    readonly parents: Int32Array;
    readonly wants: RowWants;
  }): Promise<RowsOut>;
  /**
   * Full logits of one node of the latest decode: any node of a decodeTree, the new ones of a growTree, -1 right after
   * prefill. They stay readable after accept, until the next decode or rollback. A copy, [vocab].
   */
  logits(node: number): Float32Array;
  /** Keeps the nodes on `path` (root first, each the child of the one before; may be empty) as committed prefix and frees the rest. */
  accept(path: Int32Array): { readonly nPast: number; readonly nCells: number; readonly ms: number };
  /** Drops an open tree and forgets committed positions >= nPast (never inside an image). */
  rollback(nPast: number): { readonly nPast: number; readonly nCells: number };
}

/** The most likely tokens of n rows of a draft, as ids of the target. */
export interface TopRows {
  readonly n: number;
  /** [n*topK], ordered by decreasing probability */
  readonly topIds: Int32Array;
  /** softmax over the draft's vocabulary */
  readonly topProbs: Float32Array;
}

/** Rows that a head gave, with its milliseconds. */
export interface HeadRows extends TopRows {
  readonly ms: number;
}

/**
 * A draft head: a small network that reads the target's hidden states (models/README.md, "How a head runs"). It follows the
 * target by itself: what `prefill` and `accept` commit there is what it reads here.
 */
export interface DraftHead {
  readonly info: {
    readonly kind: HeadKind;
    /** tokens that it can draft */
    readonly draftVocab: number;
    /** rows that `start` gives: the heads of Medusa, 1 for other kinds */
    readonly startRows: number;
    /** nodes that one tree can hold; 0: it grows none (Medusa) */
    readonly treeNodes: number;
  };
  /** Reads the prompt that the target has just evaluated. */
  begin(): Promise<{ readonly ms: number }>;
  /**
   * Reads what was committed since and starts a new tree at `root`, the last committed token, which the target has not
   * evaluated yet. One row: what may follow the root. Medusa: row k is k tokens further on. Again with the same root: another
   * tree there.
   */
  start(o: { readonly root: number; readonly topK: number }): Promise<HeadRows>;
  /** Adds nodes to the tree and gives their rows. `parents`: nodes of earlier calls, numbered in order of growth; -1: the root. */
  grow(o: {
    readonly tokens: Int32Array;
    readonly parents: Int32Array;
    readonly topK: number;
  }): Promise<HeadRows>;
}
