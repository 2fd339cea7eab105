import type { DraftShape } from '#shared/domain/method.ts';
import type { NoDraftReason } from '#shared/domain/round.ts';
import { chainShape } from '#shared/domain/shapes.ts';
import type { DraftHead } from '../model.ts';
import type { Draft, DraftBudget, Drafter, VerifiedRound } from './drafter.ts';
import { draftDynamic } from './dynamic.ts';
import { type HeadGrower, LayerGrower, MedusaGrower } from './head-growers.ts';
import { draftStatic } from './static.ts';

/** Tokens recorded per row of the draft, where the shape needs no more. */
const recordedTop = 20;

export interface HeadDrafterOptions {
  readonly shape: DraftShape;
  /** see draftDynamic */
  readonly threshold: number | null;
  /** number of the target's tokens; no id beyond is ever proposed */
  readonly vocab: number;
}

/** A draft head drafts from the target's hidden states: EAGLE-1, 2 and 3, Medusa, MSD and ViSpec (methods.md 4.5 to 4.10). */
export class HeadDrafter implements Drafter {
  readonly drafts = true;
  readonly promptTop = 0;
  readonly #head: DraftHead;
  readonly #shape: Exclude<DraftShape, { readonly kind: 'chain' }>;
  readonly #threshold: number | null;
  readonly #vocab: number;
  readonly #grower: HeadGrower;
  #root = 0;

  constructor(head: DraftHead, { shape, threshold, vocab }: HeadDrafterOptions) {
    this.#head = head;
    this.#shape = shape.kind === 'chain' ? chainShape(shape.length) : shape;
    this.#threshold = threshold;
    this.#vocab = vocab;
    const needed = this.#shape.kind === 'dynamic' ? this.#shape.topK : Math.max(...this.#shape.ranks) + 1;
    const topK = Math.min(head.info.draftVocab, Math.max(needed, recordedTop));
    this.#grower = head.info.kind === 'medusa' ? new MedusaGrower(head, topK) : new LayerGrower(head, topK);
  }

  async begin(): Promise<void> {
    await this.#head.begin();
  }

  async draft(budget: DraftBudget): Promise<Draft | NoDraftReason> {
    const start = await this.#grower.start(this.#root);
    return this.#shape.kind === 'dynamic'
      ? draftDynamic(this.#grower, start, this.#shape, budget, this.#vocab, this.#threshold)
      : draftStatic(this.#grower, start, this.#shape, budget, this.#vocab);
  }

  observe(round: VerifiedRound): void {
    this.#root = round.tokens.at(-1) ?? 0;
  }
}
