import { assertNever } from '#shared/domain/assert.ts';
import type { MethodSpec } from '#shared/domain/method.ts';
import { plainDecoding } from './ar.ts';
import type { DraftingModel } from './draft-context.ts';
import { ModelDrafter } from './draft-model.ts';
import type { Drafter } from './drafter.ts';
import { PromptLookupDrafter } from './pld.ts';

/** The drafter of a method. `draft` is needed where the method drafts with a model; `vocab` is the number of the target's tokens. */
export function createDrafter(method: MethodSpec, draft: DraftingModel | null, vocab: number): Drafter {
  switch (method.name) {
    case 'ar':
      return plainDecoding;
    case 'pld':
      return new PromptLookupDrafter(method);
    case 'draft-model':
      if (draft === null) throw new Error('method draft-model needs a draft model; choose one');
      return new ModelDrafter(draft, method.shape, vocab);
    default:
      return assertNever(method);
  }
}
