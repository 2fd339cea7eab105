import type { NoDraftReason } from '#shared/domain/round.ts';
import type { Provenance, TopTokens } from '#shared/domain/tree.ts';
import type { PrefillPart } from '../model.ts';

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
  readonly provenance: Provenance | null;
}

/** One drafting method. It does not know how drafts are verified. */
export interface Drafter {
  /** false: the method never drafts (plain decoding) */
  readonly drafts: boolean;
  /** Starts a turn; forgets everything about the turn before. */
  begin(prompt: DrafterPrompt): Promise<void>;
  /** Drafts what may follow the last observed token. `begin` and at least one `observe` came before. */
  draft(budget: DraftBudget): Promise<Draft | NoDraftReason>;
  /** Tells the tokens that a round committed, in order; the last one is the root of the next round. Called for every round, drafted or not. */
  observe(tokens: readonly number[]): void;
}
