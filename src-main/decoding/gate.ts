/** Where the gate's modes act in the loop. What they mean: src-shared/domain/gate.ts. */
import type { GateOutcome, GateSpec, MmspecTiming } from '#shared/domain/gate.ts';
import type { NodeFate } from '#shared/domain/tree.ts';
import type { Draft } from './drafters/drafter.ts';
import type { Verdict } from './verify.ts';

/** The spec with what depends on the method. */
export interface Gate extends GateSpec {
  /** needed by mode mmspec only; null with plain decoding */
  readonly mmspecTiming?: MmspecTiming | null;
}

/** Whether mmspec's decision forbids this round's draft, which was made already. It is asked after a verified draft only. */
export function wastesDraft(gate: Gate, outcome: GateOutcome, afterVerifiedDraft: boolean): boolean {
  return gate.mode === 'mmspec' && gate.mmspecTiming === 'after-draft' && outcome.hit && afterVerifiedDraft;
}

/** Whether mmspec's decision comes from this pass itself. */
export function decidesWithin(gate: Gate): boolean {
  return gate.mode === 'mmspec' && gate.mmspecTiming === 'within';
}

/** A draft whose proposals are recorded, but not in the target's pass. */
export function unverified(draft: Draft): Draft {
  return { ...draft, verified: 1 };
}

/**
 * The verdict with its first token alone, the target's own at the root; what was accepted is given up. Any prefix of a
 * verdict is the target's, so nothing changes but the number of rounds.
 */
export function firstOnly(verdict: Verdict): Verdict {
  if (verdict.tokens.length === 1) return verdict;
  return {
    tokens: verdict.tokens.slice(0, 1),
    path: verdict.path.slice(0, 1),
    fates: verdict.fates.map(givenUp),
    endedBy: null,
  };
}

/** Fates of a draft that was not verified because of the gate; `foreseen`: what a look at it had said, null without one. */
export function fatesUnder(fates: readonly NodeFate[], foreseen: Verdict | null): NodeFate[] {
  return fates.map((fate, node) => {
    if (node === 0) return fate;
    return foreseen?.fates[node] === 'accepted' ? 'given-up' : 'cut-gate';
  });
}

const givenUp = (fate: NodeFate): NodeFate => (fate === 'accepted' ? 'given-up' : fate);
