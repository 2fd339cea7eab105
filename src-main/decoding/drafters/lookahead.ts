import type { MethodSpec } from '#shared/domain/method.ts';
import type { NoDraftReason } from '#shared/domain/round.ts';
import type { Provenance } from '#shared/domain/tree.ts';
import type { Branch, Place, Trie } from '../retrieval/trie.ts';
import type { Draft, DraftBudget, Drafter, DrafterPrompt, VerifiedRound } from './drafter.ts';
import { RetrievedDraft } from './retrieved.ts';

type Options = Pick<
  Extract<MethodSpec, { readonly name: 'lookahead' }>,
  'variant' | 'nodes' | 'branch' | 'query'
>;

/**
 * Lookahead with a trie (methods.md 4.2): what followed the last tokens in prompt and answer is drafted as a tree. The
 * longest of the last tokens that is there is the query, a shorter one where that gives less than a branch's worth.
 * `mmspec` starts from the whole text, and drafts the first branch only: that code verifies the tree as a list, so the
 * other branches cannot be accepted there. The trie may be one that other samples have filled.
 */
export class LookaheadDrafter implements Drafter {
  readonly drafts = true;
  readonly promptTop = 0;
  readonly #options: Options;
  readonly #trie: Trie;
  /** texts from this one on are turns of this sample */
  readonly #firstText: number;
  #tokens: number[] = [];
  #promptLength = 0;
  /** index of the first token of the answer that does not begin a branch yet */
  #streamed = 0;

  constructor(options: Options, trie: Trie) {
    this.#options = options;
    this.#trie = trie;
    this.#firstText = trie.text + 1;
  }

  begin(prompt: DrafterPrompt): Promise<void> {
    const { branch } = this.#options;
    this.#trie.beginText(() => this.#stream(0));
    this.#tokens = Array.from(prompt.tokens);
    this.#promptLength = this.#tokens.length;
    this.#streamed = this.#promptLength;
    for (const at of this.#tokens.keys()) this.#trie.add('prompt', this.#tokens, at, branch);
    return Promise.resolve();
  }

  draft(budget: DraftBudget): Promise<Draft | NoDraftReason> {
    const { variant, nodes, branch, query } = this.#options;
    const most = Math.min(nodes - 1, budget.nodes);
    let found: readonly Branch[] = [];
    let matched = 0;
    // No branch is deeper, so a longer query cannot be there with something after it.
    const longest = Math.min(variant === 'mmspec' ? branch : query, this.#tokens.length);
    for (let length = longest; length > 0 && found.length + 1 < branch; length--) {
      const branches = this.#trie.branches(this.#tokens.slice(-length), most, budget.depth);
      if (branches.length === 0) continue;
      found = branches;
      matched = length;
    }
    if (found.length === 0) return Promise.resolve('no-match');
    const draft = new RetrievedDraft(this.#tokens.at(-1) ?? 0);
    for (const { parent, token, place } of variant === 'mmspec' ? firstBranch(found) : found) {
      draft.add(parent + 1, token, this.#provenance(place, matched));
    }
    return Promise.resolve(draft.finish());
  }

  observe(round: VerifiedRound): void {
    for (const token of round.tokens) this.#tokens.push(token);
    this.#stream(this.#options.branch);
  }

  /** Adds the branches of the answer that have at least `followers` tokens after their first. */
  #stream(followers: number): void {
    while (this.#streamed + followers < this.#tokens.length) {
      this.#trie.add('answer', this.#tokens, this.#streamed++, this.#options.branch);
    }
  }

  #provenance({ text, at }: Place, matched: number): Provenance {
    if (text === this.#trie.text) {
      return { source: at < this.#promptLength ? 'prompt' : 'answer', matched, at, rank: null };
    }
    return { source: text < this.#firstText ? 'run' : 'turn', matched, at: null, rank: null };
  }
}

/** The nodes down to the first leaf. */
function firstBranch(branches: readonly Branch[]): readonly Branch[] {
  const end = branches.findIndex(({ parent }, i) => parent !== i - 1);
  return end < 0 ? branches : branches.slice(0, end);
}
