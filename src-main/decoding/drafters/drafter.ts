import type { NoDraftReason } from '#shared/domain/round.ts';
import type { Provenance, TopTokens } from '#shared/domain/tree.ts';
import type { PrefillPart, RowsOut } from '../model.ts';

/** A prompt for one model, in its own parts. */
export interface Prompt {
  readonly parts: readonly PrefillPart[];
  /** adds BOS where the model wants it */
  readonly addSpecial: boolean;
}

/** A turn's prompt, as drafters need it. */
export interface DrafterPrompt {
  /** the target's prompt tokens; -1 stands for an image token */
  readonly tokens: Int32Array;
  /** the prompt in the draft model's own parts; null when there is no draft model */
  readonly own: Prompt | null;
  /** [tokens][promptTop] the target's most likely tokens after each, best first, -1 after image tokens; null: not asked for */
  readonly top: Int32Array | null;
}

/** How much can be of use in this round. Both are at least 1. */
export interface DraftBudget {
  /** nodes below the root that fit into the target's context */
  readonly nodes: number;
  /** levels below the root that can still be part of the answer */
  readonly depth: number;
}

/** The draft distribution's view of each node, at its parent. Entry 0 (root) has no meaning. */
export interface DraftScores {
  readonly prob: Float64Array;
  readonly rank: Int32Array;
  /** cumulative log-probability from the root, nats */
  readonly logProb: Float64Array;
}

/**
 * What a drafter offers in one round. Columns have one entry per node; node 0 is the root (the last committed token),
 * parents come before children, siblings have distinct tokens and stand in the order in which they are to be tried.
 */
export interface Draft {
  /** the first `verified` nodes are for the target's pass; the rest were proposed but cut by the drafter's node budget */
  readonly verified: number;
  readonly tokens: Int32Array;
  /** -1 for the root */
  readonly parents: Int32Array;
  /** null for retrieval methods: they have no distribution */
  readonly scores: DraftScores | null;
  /** per node that the drafter expanded: its distribution there; null otherwise */
  readonly top: readonly (TopTokens | null)[];
  /** per node, null for the root; null altogether for methods that do not retrieve */
  readonly provenance: readonly (Provenance | null)[] | null;
}

/** What a target pass made of a draft. */
export interface VerifiedRound {
  /** the tokens it committed, in order; the last one is the root of the next round */
  readonly tokens: readonly number[];
  /** the draft, or the root alone; in a turn's first round the root stands for the last prompt token */
  readonly draft: Draft;
  /** the root and the accepted nodes: `path[i]` is the node whose row yielded `tokens[i]` */
  readonly path: readonly number[];
  /** the target's rows, one per verified node, with the top tokens that are recorded */
  readonly rows: RowsOut;
}

/** One drafting method. It does not know how drafts are verified. */
export interface Drafter {
  /** false: the method never drafts (plain decoding) */
  readonly drafts: boolean;
  /** how many of the target's most likely tokens it wants after each prompt token; 0: none */
  readonly promptTop: number;
  /** Starts a turn. Only what the method is meant to keep is known of the turns before. */
  begin(prompt: DrafterPrompt): Promise<void>;
  /** Drafts what may follow the last observed token. `begin` and at least one `observe` came before. */
  draft(budget: DraftBudget): Promise<Draft | NoDraftReason>;
  /** Tells what a round committed and how. Called for every round, drafted or not. */
  observe(round: VerifiedRound): void;
}
