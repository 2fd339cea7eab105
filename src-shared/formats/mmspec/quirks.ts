/** What the numbers of MMSpec's files mean by method, and what is wrong with them (methods.md 2.2, 2.4). */
import type { Choice } from './record.ts';

/** What a reader must know of a file's numbers, by name. */
export const quirks = {
  'msd-running-mean':
    "acceptance_length is the running mean over all rounds since the model was loaded, not this turn's: accepted tokens are new tokens - rounds instead",
  'msd-idx-off-by-one': 'idx is one less than the rounds: 1 was added to each turn, which lowers MAT',
  'msd-clock': 'the clock starts after vision encoding: times are not comparable with those of other methods',
  'msd-vskip-rounds':
    'rounds that the gate forced are not recorded: the rounds are too few and MAT is too high',
  'tokens-after-end':
    'tokens accepted after the end of text are counted; they were taken off where the baseline file shows how many',
  'vispec-vskip-zeros':
    'each plain step that the gate forced is recorded as an extra round with 0 accepted: counted as skipped rounds',
  'sam-vskip-discards':
    'a hit throws away verified tokens: its rounds have 0 accepted although drafts were verified',
  'prefill-token':
    'the first token comes with the prompt and is counted, but has no round: MAT is slightly too high',
  'repetition-guard':
    'answers may have been cut short by a guard against repetitions that plain decoding does not have',
} as const;
export type Quirk = keyof typeof quirks;

/** Methods of MMSpec by the quirks that their files have. */
const known: Readonly<Record<string, readonly Quirk[]>> = {
  baseline: [],
  pld: ['prefill-token', 'repetition-guard'],
  lookahead: ['prefill-token'],
  recycling: ['prefill-token', 'repetition-guard'],
  sam: ['prefill-token', 'repetition-guard'],
  medusa: ['tokens-after-end'],
  eagle: ['tokens-after-end'],
  eagle2: ['tokens-after-end'],
  eagle3: ['tokens-after-end'],
  msd: ['msd-running-mean', 'msd-idx-off-by-one', 'msd-clock'],
  vispec: ['tokens-after-end'],
  sam_vskip: ['prefill-token', 'repetition-guard', 'sam-vskip-discards'],
  msd_vskip: ['msd-running-mean', 'msd-idx-off-by-one', 'msd-clock', 'msd-vskip-rounds', 'repetition-guard'],
  vispec_vskip: ['tokens-after-end', 'vispec-vskip-zeros'],
};

export const mmspecMethods: readonly string[] = Object.keys(known);

/** Null for a method that MMSpec does not have. */
export function quirksOf(method: string): readonly Quirk[] | null {
  return known[method] ?? null;
}

/** One turn of a file, with its quirks undone as far as they can be. Times in seconds. */
export interface ResultTurn {
  readonly text: string;
  readonly newTokens: number;
  /** target passes as MMSpec counts them: without the prompt's, but for the baseline */
  readonly rounds: number;
  /** draft tokens that became part of the answer */
  readonly accepted: number;
  /** rounds in which the gate forbade drafting */
  readonly skipped: number;
  readonly wall: number;
  readonly draft: number;
  readonly target: number;
}

/** The turns of a choice. @param baseline the baseline's choice for the same sample; null: not known */
export function turnsOf(method: string, choice: Choice, baseline: Choice | null): ResultTurn[] {
  const own = quirksOf(method) ?? [];
  return choice.turns.map((text, i) => {
    const newTokens = choice.new_tokens[i] ?? 0;
    const idx = choice.idxs[i] ?? 0;
    const acceptance = choice.acceptance_length?.[i];
    const after = own.includes('tokens-after-end') ? tokensAfterEnd(choice, baseline, i) : 0;
    const rounds =
      acceptance === undefined ? newTokens : typeof acceptance === 'number' ? idx + 1 : acceptance.length;
    const accepted =
      acceptance === undefined
        ? 0
        : typeof acceptance === 'number'
          ? Math.max(0, newTokens - rounds)
          : acceptance.reduce((a, b) => a + b, 0) - after;
    const forced = typeof acceptance === 'object' ? acceptance.length - (idx + 1) : 0;
    return {
      text,
      newTokens: newTokens - after,
      rounds,
      accepted,
      skipped: own.includes('vispec-vskip-zeros') ? Math.max(0, forced) : 0,
      wall: choice.wall_time[i] ?? 0,
      draft: choice.draft_time[i] ?? 0,
      target: choice.target_time[i] ?? 0,
    };
  });
}

/** Tokens more than the baseline's for the same text; they can only have come after its end. */
function tokensAfterEnd(choice: Choice, baseline: Choice | null, turn: number): number {
  if (baseline === null || baseline.turns[turn] !== choice.turns[turn]) return 0;
  const more = (choice.new_tokens[turn] ?? 0) - (baseline.new_tokens[turn] ?? 0);
  const acceptance = choice.acceptance_length?.[turn];
  const last = typeof acceptance === 'object' ? (acceptance.at(-1) ?? 0) : 0;
  return more > 0 && more <= last ? more : 0;
}
