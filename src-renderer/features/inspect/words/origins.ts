import type { TokenOrigin } from '#shared/domain/token.ts';

/** How an origin is called, and which design tokens colour it (`--origin-x`, `--origin-x-mark`, `--origin-x-bg`). */
export interface OriginLook {
  readonly label: string;
  readonly colour: string;
  readonly about: string;
}

export const originLooks: Readonly<Record<TokenOrigin, OriginLook>> = {
  prefill: {
    label: 'prefill',
    colour: 'origin-prefill',
    about: 'chosen at the last row of the prompt, before any round drafted',
  },
  accepted: {
    label: 'accepted draft',
    colour: 'origin-accepted',
    about: 'a draft token that the target accepted',
  },
  correction: {
    label: 'correction',
    colour: 'origin-correction',
    about: "the target's own token where every offered draft token was refused",
  },
  bonus: {
    label: 'bonus',
    colour: 'origin-bonus',
    about: "the target's own token after a draft that was accepted to its end",
  },
  plain: {
    label: 'plain',
    colour: 'origin-plain',
    about: "the target's own token of a round in which nothing was drafted",
  },
  'forced-plain': {
    label: 'plain, gate',
    colour: 'origin-forced',
    about: "the target's own token of a round in which the gate forbade drafting",
  },
  user: {
    label: 'set by you',
    colour: 'origin-user',
    about: "put there by the user in place of the target's choice",
  },
};
