import type { Variant } from '#shared/domain/method.ts';
import type { NoDraftReason } from '#shared/domain/round.ts';
import { type Match, SuffixAutomaton } from '../retrieval/suffix-automaton.ts';
import type { Draft, DraftBudget, Drafter, DrafterPrompt, VerifiedRound } from './drafter.ts';
import { copiedChain } from './retrieved.ts';

/**
 * SAM decoding (methods.md 4.4): the longest end of the text that stood before is found with a suffix automaton, and what
 * followed its first place is copied, the more the longer the match. `mmspec` takes one more step on the last token
 * before it looks, as MMSpec's code does: it finds places of "match, then the last token once more".
 */
export class SamDrafter implements Drafter {
  readonly drafts = true;
  readonly promptTop = 0;
  readonly #variant: Variant;
  readonly #perMatch: number;
  readonly #maxDraft: number;
  #automaton = new SuffixAutomaton();
  #tokens: number[] = [];
  #promptLength = 0;

  constructor(options: { readonly variant: Variant; readonly perMatch: number; readonly maxDraft: number }) {
    this.#variant = options.variant;
    this.#perMatch = options.perMatch;
    this.#maxDraft = options.maxDraft;
  }

  begin(prompt: DrafterPrompt): Promise<void> {
    this.#automaton = new SuffixAutomaton();
    this.#tokens = [];
    this.#promptLength = prompt.tokens.length;
    for (const token of prompt.tokens) this.#add(token);
    return Promise.resolve();
  }

  draft(budget: DraftBudget): Promise<Draft | NoDraftReason> {
    const tokens = this.#tokens;
    const match =
      this.#variant === 'paper' ? this.#automaton.match() : this.#automaton.matchThen(tokens.at(-1) ?? 0);
    const longest = Math.min(this.#maxDraft, this.#perMatch * match.length, budget.nodes, budget.depth);
    const start = match.end + 1;
    const span = tokens.slice(start, start + longest);
    const image = span.indexOf(-1);
    const length = image < 0 ? span.length : image;
    if (length === 0) return Promise.resolve('no-match');
    return Promise.resolve(
      copiedChain(tokens, this.#promptLength, { start, length, matched: this.#agreeing(match) }),
    );
  }

  observe(round: VerifiedRound): void {
    for (const token of round.tokens) this.#add(token);
  }

  /** How many tokens before the copied span are also the last ones of the text: the whole match but for `mmspec`. */
  #agreeing({ length, end }: Match): number {
    if (this.#variant === 'paper') return length;
    const last = this.#tokens.length - 1;
    let same = 0;
    while (same < length && this.#tokens[end - same] === this.#tokens[last - same]) same++;
    return same;
  }

  #add(token: number): void {
    // No two image tokens are the same for the automaton: nothing matches across or inside a picture.
    this.#automaton.add(token < 0 ? -1 - this.#tokens.length : token);
    this.#tokens.push(token);
  }
}
