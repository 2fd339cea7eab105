import { assertNever } from '#shared/domain/assert.ts';
import { draftFileLabel, draftFileOf, type MethodSpec } from '#shared/domain/method.ts';
import { Trie } from '../retrieval/trie.ts';
import { plainDecoding } from './ar.ts';
import type { DraftingModel } from './draft-context.ts';
import { ModelDrafter } from './draft-model.ts';
import type { Drafter } from './drafter.ts';
import { LookaheadDrafter } from './lookahead.ts';
import { PromptLookupDrafter } from './pld.ts';
import { RecyclingDrafter } from './recycling.ts';
import { SamDrafter } from './sam.ts';

/**
 * The drafter of a method, for the turns of one sample. `draft` is needed where the method drafts with a model; `vocab` is
 * the number of the target's tokens; `shared` is the trie of Lookahead's option to keep what earlier samples said.
 */
export function createDrafter(
  method: MethodSpec,
  draft: DraftingModel | null,
  vocab: number,
  shared = new Trie(),
): Drafter {
  switch (method.name) {
    case 'ar':
      return plainDecoding;
    case 'pld':
      return new PromptLookupDrafter(method);
    case 'lookahead':
      return new LookaheadDrafter(method, method.shared ? shared : new Trie());
    case 'recycling':
      return new RecyclingDrafter(method);
    case 'sam':
      return new SamDrafter(method);
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
