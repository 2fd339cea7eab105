import { assertNever } from '#shared/domain/assert.ts';
import type { MethodSpec } from '#shared/domain/method.ts';
import type { Round } from '#shared/domain/round.ts';

/** Why there is no distribution of the draft to show. */
export function noDraftTop(round: Round, method: MethodSpec): string {
  switch (method.name) {
    case 'ar':
      return 'Plain decoding has no draft.';
    case 'pld':
      return 'Prompt lookup copies tokens; it has no probabilities.';
    case 'draft-model':
      return round.noDraft === null
        ? 'The draft did not go on from here.'
        : 'Nothing was drafted in this round.';
    default:
      return assertNever(method);
  }
}
