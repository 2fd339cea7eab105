import { assertNever } from '#shared/domain/assert.ts';
import { draftFileLabel, draftFileOf, type MethodSpec } from '#shared/domain/method.ts';
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
    case 'lookahead':
    case 'recycling':
    case 'sam':
      throw new Error(`the method ${method.name} is not there yet; choose another one`);
    case 'draft-model':
      if (draft === null) throw new Error('method draft-model needs a draft model; choose one');
      return new ModelDrafter(draft, method.shape, vocab);
    case 'medusa':
    case 'eagle':
    case 'eagle2':
    case 'eagle3':
    case 'msd':
    case 'vispec': {
      const file = draftFileLabel(draftFileOf(method) ?? 'model');
      throw new Error(
        `no draft head is loaded: the method ${method.name} needs ${file}; choose another method`,
      );
    }
    default:
      return assertNever(method);
  }
}
