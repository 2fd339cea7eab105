/** Where the target looks and what the draft guesses, for image-dependent and for other tokens. */
import { auc, quantile } from '#shared/metrics/statistics.ts';
import type { MarkedToken } from './marked.ts';

/** Quantiles that are given of a distribution. */
export const shown = [0.05, 0.25, 0.5, 0.75, 0.95] as const;

export interface Distribution {
  readonly n: number;
  /** at each of `shown`; null without values */
  readonly quantiles: readonly (number | null)[];
}

/** Share of the last layer's attention (mean over heads) on image tokens, in the row that yielded a token. */
export interface Attention {
  readonly image: Distribution;
  readonly other: Distribution;
  /** how often an image-dependent token has a larger share than another one; null where there are none of a class */
  readonly auc: number | null;
}

export function attentionOf(tokens: readonly MarkedToken[]): Attention {
  const shares = (imageDependent: boolean): number[] =>
    tokens
      .filter((token) => token.imageDependent === imageDependent)
      .flatMap(({ imageShare }) => (imageShare === null ? [] : [imageShare]))
      .sort((a, b) => a - b);
  const [image, other] = [shares(true), shares(false)];
  return { image: distribution(image), other: distribution(other), auc: auc(image, other) };
}

function distribution(ascending: readonly number[]): Distribution {
  return { n: ascending.length, quantiles: shown.map((q) => quantile(ascending, q)) };
}

export interface Agreed {
  /** tokens at which the draft was asked */
  readonly n: number;
  /** of those, the ones that it proposed */
  readonly same: number;
}

/** How often the draft's most likely token is the target's, after the same text. */
export interface Agreement {
  readonly image: Agreed;
  readonly other: Agreed;
  /** tokens that the target decoded on its own: the first of each answer, and one after each draft that was accepted whole */
  readonly unasked: number;
}

export function agreementOf(tokens: readonly MarkedToken[]): Agreement {
  const agreed = (imageDependent: boolean): Agreed => {
    const asked = tokens.filter((token) => token.imageDependent === imageDependent && token.guessed !== null);
    return { n: asked.length, same: asked.filter((token) => token.guessed).length };
  };
  return {
    image: agreed(true),
    other: agreed(false),
    unasked: tokens.filter((token) => token.guessed === null).length,
  };
}
