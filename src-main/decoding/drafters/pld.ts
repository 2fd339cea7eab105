import type { NoDraftReason } from '#shared/domain/round.ts';
import type { Provenance } from '#shared/domain/tree.ts';
import type { Draft, DraftBudget, Drafter, DrafterPrompt, VerifiedRound } from './drafter.ts';

export interface Lookup {
  /** start of the continuation */
  readonly start: number;
  readonly length: number;
}

/**
 * Finds the most recent place, lying fully before the last `ngram` tokens, where those tokens stood before, and
 * returns the span that followed it: at most `maxDraft` tokens, clipped at the end (methods.md 4.1, corrected).
 * Neither the query nor the span may hold an image token (-1). Null when there is no such place.
 */
export function lookUp(tokens: ArrayLike<number>, ngram: number, maxDraft: number): Lookup | null {
  const query = tokens.length - ngram;
  if (query < 1 || holdsImage(tokens, query, ngram)) return null;
  for (let at = query - ngram; at >= 0; at--) {
    let same = 0;
    while (same < ngram && tokens[at + same] === tokens[query + same]) same++;
    if (same < ngram) continue;
    const start = at + ngram;
    const length = Math.min(maxDraft, tokens.length - start);
    if (!holdsImage(tokens, start, length)) return { start, length };
  }
  return null;
}

function holdsImage(tokens: ArrayLike<number>, start: number, length: number): boolean {
  for (let i = start; i < start + length; i++) if (tokens[i] === -1) return true;
  return false;
}

/** Prompt lookup decoding: copies what followed the last n-gram when it stood in prompt or answer before. */
export class PromptLookupDrafter implements Drafter {
  readonly drafts = true;
  readonly promptTop = 0;
  readonly #ngram: number;
  readonly #maxDraft: number;
  #tokens: number[] = [];
  #promptLength = 0;

  constructor(options: { readonly ngram: number; readonly maxDraft: number }) {
    this.#ngram = options.ngram;
    this.#maxDraft = options.maxDraft;
  }

  begin(prompt: DrafterPrompt): Promise<void> {
    this.#tokens = Array.from(prompt.tokens);
    this.#promptLength = prompt.tokens.length;
    return Promise.resolve();
  }

  draft(budget: DraftBudget): Promise<Draft | NoDraftReason> {
    const tokens = this.#tokens;
    const found = lookUp(tokens, this.#ngram, Math.min(this.#maxDraft, budget.nodes, budget.depth));
    if (found === null) return Promise.resolve('no-match');
    const { start, length } = found;
    const root = tokens.length - 1;
    return Promise.resolve({
      verified: length + 1,
      tokens: Int32Array.from([tokens[root] ?? 0, ...tokens.slice(start, start + length)]),
      parents: Int32Array.from({ length: length + 1 }, (_, i) => i - 1),
      scores: null,
      top: Array.from({ length: length + 1 }, () => null),
      provenance: Array.from({ length: length + 1 }, (_, i) => (i === 0 ? null : this.#place(start + i - 1))),
    });
  }

  observe(round: VerifiedRound): void {
    for (const token of round.tokens) this.#tokens.push(token);
  }

  #place(at: number): Provenance {
    return { source: at < this.#promptLength ? 'prompt' : 'answer', matched: this.#ngram, at, rank: null };
  }
}
