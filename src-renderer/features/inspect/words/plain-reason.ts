import { assertNever } from '#shared/domain/assert.ts';
import { type MethodSpec, methodLabel } from '#shared/domain/method.ts';
import type { NoDraftReason, Round } from '#shared/domain/round.ts';
import { probability } from './numbers.ts';

function matchWords(method: MethodSpec): string {
  switch (method.name) {
    case 'pld':
      return `prompt lookup found no earlier place of the last ${method.ngram} tokens`;
    case 'lookahead':
      return 'the trie has nothing after the last token';
    case 'recycling':
      return 'the target has not been seen after the last token yet';
    case 'sam':
      return 'the last token stood nowhere before';
    case 'ar':
    case 'draft-model':
    case 'medusa':
    case 'eagle':
    case 'eagle2':
    case 'eagle3':
    case 'msd':
    case 'vispec':
      return 'the drafter found nothing to propose';
    default:
      return assertNever(method);
  }
}

/** Why a round drafted nothing, as one sentence without a full stop; null when it drafted. */
export function plainReason(round: Round, method: MethodSpec): string | null {
  const reason = round.noDraft;
  if (reason === null) return null;
  switch (reason) {
    case 'prefill':
      return 'prefill: the first token of a turn comes from the last row of the prompt, before anything is drafted';
    case 'method':
      return `the method ${methodLabel(method)} drafts nothing`;
    case 'gate':
      return gateWords(round);
    case 'no-match':
      return `no match: ${matchWords(method)}`;
    case 'last-token':
      return 'only one token was left until the limit, and the target gives that one itself';
    case 'draft-context-full':
      return "the draft model's context is full; raise the context size to keep drafting";
    case 'fork':
      return 'the fork fixed this token: kept from the run before, or set by you';
    default:
      return assertNever(reason);
  }
}

function gateWords(round: Round): string {
  const { score, threshold } = round.gate;
  if (score === null || threshold === null) return 'the gate forbade drafting';
  return `the gate forbade drafting: r ${probability(score)} ≥ ${probability(threshold)}`;
}

/** Short name of a reason, for counts and the timeline. */
export function reasonWord(reason: NoDraftReason): string {
  switch (reason) {
    case 'prefill':
      return 'prefill';
    case 'method':
      return 'method drafts nothing';
    case 'gate':
      return 'skipped by the gate';
    case 'no-match':
      return 'no match';
    case 'last-token':
      return 'last token';
    case 'draft-context-full':
      return 'draft context full';
    case 'fork':
      return 'fixed by the fork';
    default:
      return assertNever(reason);
  }
}
