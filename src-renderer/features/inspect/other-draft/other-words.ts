import { draftFileOf, type MethodSpec } from '#shared/domain/method.ts';
import type { TokenOrigin } from '#shared/domain/token.ts';
import { plural } from '../../../ui/format.ts';
import type { Agreement } from './agreement.ts';

/** What is known of the run at the place where an agreement ends. */
interface Recorded {
  readonly sampled: boolean;
  /** where the run's first token that differs comes from; null: none differs */
  readonly origin: TokenOrigin | null;
}

/** Whether a pass commits what the run has there, and why it may not, as one sentence. */
export function agreementWords(
  made: number,
  { same, known }: Agreement,
  { sampled, origin }: Recorded,
): string {
  if (same === made) return 'The recorded answer has exactly these tokens.';
  if (same === known) {
    return `The recorded answer has the first ${known} of these ${plural(made, 'token')} and ends there: the rest is what the target says now.`;
  }
  const place = `Token ${same + 1} differs from the recorded answer`;
  if (origin === 'user') return `${place}: the run’s was set by the user.`;
  if (sampled) return `${place}: with sampling, other drafts are drawn for in another order.`;
  return `${place}: two tokens nearly as likely can change places in a pass of another size.`;
}

/** What such a draft does not know that it would have known in a run of its own; null: nothing. */
export function unknownTo(method: MethodSpec): string | null {
  if (method.name === 'recycling') {
    return 'What this method would have learned from drafts refused before this round is not known here.';
  }
  if (method.name === 'lookahead' && method.shared) return 'What earlier runs answered is not known here.';
  return null;
}

/** Where the draft comes from. */
export function aboutOther(method: MethodSpec): string {
  const from = draftFileOf(method) === null ? 'the text before this round' : 'the state before this round';
  return `Drafts once from ${from} and lets the target check it in one pass. The run stays as it is, and nothing is recorded.`;
}
