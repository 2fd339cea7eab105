import type { Drafter } from './drafter.ts';

/** Plain decoding: never drafts. */
export const plainDecoding: Drafter = {
  drafts: false,
  promptTop: 0,
  begin: () => Promise.resolve(),
  draft: () => Promise.resolve('method'),
  observe: () => undefined,
};
