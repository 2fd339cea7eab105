import type { MethodName } from '#shared/domain/method.ts';

/** A whole number that a method takes, as a field of its specification. */
export interface NumberParameter {
  readonly key: string;
  readonly label: string;
  readonly min: number;
  readonly max: number;
}

/** Numbers that methods take beside their shape. */
export const numberParameters: Readonly<Partial<Record<MethodName, readonly NumberParameter[]>>> = {
  pld: [
    { key: 'ngram', label: 'Longest n-gram', min: 1, max: 16 },
    { key: 'maxDraft', label: 'Most drafted tokens', min: 1, max: 63 },
  ],
  lookahead: [
    { key: 'nodes', label: 'Nodes with the root', min: 2, max: 128 },
    { key: 'branch', label: 'Depth of the trie', min: 1, max: 32 },
    { key: 'query', label: 'Tokens looked up', min: 1, max: 16 },
  ],
  sam: [
    { key: 'perMatch', label: 'Drafted per matched token', min: 1, max: 16 },
    { key: 'maxDraft', label: 'Most drafted tokens', min: 1, max: 63 },
  ],
};

/** What a method does, in one or two sentences. */
export const aboutMethod: Readonly<Record<MethodName, string>> = {
  ar: 'One token per target pass; the baseline of every speedup.',
  'draft-model': 'A smaller model proposes tokens, the target checks them all in one pass.',
  pld: 'The last n tokens are looked up in the prompt and the answer so far; what followed there is the draft.',
  lookahead:
    'A trie of what followed each token of prompt and answer; the branches after the last tokens are the draft, as a tree.',
  recycling: 'The target’s most likely tokens after each token, kept from earlier passes, fill a fixed tree.',
  sam: 'A suffix automaton finds the longest end of the text that stood before; the longer the match, the longer the copied draft.',
  medusa: 'Several heads on the target’s last state each predict one more token.',
  eagle:
    'A one-layer head predicts the target’s next states; tokens come from the target’s own output layer.',
  eagle2: 'EAGLE-1’s head with a tree that grows where the draft is sure.',
  eagle3: 'A head on three of the target’s layers with an output layer of its own.',
  msd: 'EAGLE’s head that takes the image as the target’s own image vectors, apart from the text.',
  vispec: 'EAGLE’s head that sees the image as a few compressed vectors and a global one.',
};
