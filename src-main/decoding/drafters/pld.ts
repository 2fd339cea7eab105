import type { NoDraftReason } from '#shared/domain/round.ts';
import { NgramIndex } from '../retrieval/ngram-index.ts';
import type { Draft, DraftBudget, Drafter, DrafterPrompt, VerifiedRound } from './drafter.ts';
import { copiedChain } from './retrieved.ts';

/** Prompt lookup decoding: copies what followed the last n-gram when it stood in prompt or answer before. */
export class PromptLookupDrafter implements Drafter {
  readonly drafts = true;
  readonly promptTop = 0;
  readonly #ngram: number;
  readonly #maxDraft: number;
  #index: NgramIndex;
  #promptLength = 0;

  constructor(options: { readonly ngram: number; readonly maxDraft: number }) {
    this.#ngram = options.ngram;
    this.#maxDraft = options.maxDraft;
    this.#index = new NgramIndex(options.ngram);
  }

  begin(prompt: DrafterPrompt): Promise<void> {
    this.#index = new NgramIndex(this.#ngram);
    for (const token of prompt.tokens) this.#index.add(token);
    this.#promptLength = prompt.tokens.length;
    return Promise.resolve();
  }

  draft(budget: DraftBudget): Promise<Draft | NoDraftReason> {
    const found = this.#index.lookUp(Math.min(this.#maxDraft, budget.nodes, budget.depth));
    if (found === null) return Promise.resolve('no-match');
    const span = { ...found, matched: this.#ngram };
    return Promise.resolve(copiedChain(this.#index.tokens, this.#promptLength, span));
  }

  observe(round: VerifiedRound): void {
    for (const token of round.tokens) this.#index.add(token);
  }
}
