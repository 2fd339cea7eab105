import { assertNever } from '#shared/domain/assert.ts';
import type { MethodSpec } from '#shared/domain/method.ts';
import type { Round } from '#shared/domain/round.ts';

/** Why there is no distribution of the draft to show. */
export function noDraftTop(round: Round, method: MethodSpec): string {
  switch (method.name) {
    case 'ar':
      return 'Plain decoding has no draft.';
    case 'pld':
    case 'lookahead':
    case 'sam':
      return 'This method copies tokens; it has no probabilities.';
    case 'recycling':
      return 'This method uses earlier guesses of the target again; it has no probabilities of its own.';
    case 'draft-model':
    case 'medusa':
    case 'eagle':
    case 'eagle2':
    case 'eagle3':
    case 'msd':
    case 'vispec':
      return round.noDraft === null
        ? 'The draft did not go on from here.'
        : 'Nothing was drafted in this round.';
    default:
      return assertNever(method);
  }
}
