import type { DraftShape } from '#shared/domain/method.ts';
import type { NoDraftReason } from '#shared/domain/round.ts';
import { chainShape } from '#shared/domain/shapes.ts';
import { DraftContext, type DraftingModel } from './draft-context.ts';
import type { Draft, DraftBudget, Drafter, DrafterPrompt, VerifiedRound } from './drafter.ts';
import { draftDynamic } from './dynamic.ts';
import { draftStatic } from './static.ts';

/** Tokens recorded per row of the draft, where the shape needs no more. */
const recordedTop = 20;

/** A smaller model drafts in its own context: a text model, or a VLM whose prompt has the image too. */
export class ModelDrafter implements Drafter {
  readonly drafts = true;
  readonly promptTop = 0;
  readonly #shape: Exclude<DraftShape, { readonly kind: 'chain' }>;
  readonly #context: DraftContext;
  readonly #vocab: number;

  /** `vocab`: number of the target's tokens; no id beyond is ever proposed. */
  constructor(model: DraftingModel, shape: DraftShape, vocab: number) {
    this.#shape = shape.kind === 'chain' ? chainShape(shape.length) : shape;
    this.#vocab = vocab;
    const needed = this.#shape.kind === 'dynamic' ? this.#shape.topK : Math.max(...this.#shape.ranks) + 1;
    this.#context = new DraftContext(model, Math.min(model.info.vocab, Math.max(needed, recordedTop)));
  }

  begin(prompt: DrafterPrompt): Promise<void> {
    if (prompt.own === null) throw new Error('the draft model has no prompt; give the turn a draftPrompt');
    return this.#context.begin(prompt.own);
  }

  async draft(budget: DraftBudget): Promise<Draft | NoDraftReason> {
    const start = await this.#context.start();
    if (start === null) return 'draft-context-full';
    return this.#shape.kind === 'dynamic'
      ? draftDynamic(this.#context, start, this.#shape, budget, this.#vocab)
      : draftStatic(this.#context, start, this.#shape, budget, this.#vocab);
  }

  observe(round: VerifiedRound): void {
    this.#context.observe(round.tokens);
  }
}
