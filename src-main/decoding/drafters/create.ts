import { assertNever } from '#shared/domain/assert.ts';
import { draftFileLabel, draftFileOf, type MethodSpec } from '#shared/domain/method.ts';
import type { DraftHead } from '../model.ts';
import { Trie } from '../retrieval/trie.ts';
import { plainDecoding } from './ar.ts';
import type { DraftingModel } from './draft-context.ts';
import { ModelDrafter } from './draft-model.ts';
import type { Drafter } from './drafter.ts';
import { HeadDrafter } from './head.ts';
import { LookaheadDrafter } from './lookahead.ts';
import { PromptLookupDrafter } from './pld.ts';
import { RecyclingDrafter } from './recycling.ts';
import { SamDrafter } from './sam.ts';

/**
 * The drafter of a method, for the turns of one sample. `draft` is needed where the method drafts with a model, `head` where
 * it drafts with a head; `vocab` is the number of the target's tokens; `shared` is the trie of Lookahead's option to keep what
 * earlier samples said.
 */
export function createDrafter(
  method: MethodSpec,
  draft: DraftingModel | null,
  vocab: number,
  { head = null, shared = new Trie() }: { readonly head?: DraftHead | null; readonly shared?: Trie } = {},
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
      const kind = draftFileOf(method);
      if (head === null || head.info.kind !== kind) {
        const loaded =
          head === null ? 'no draft head is loaded' : `the loaded head is of kind ${head.info.kind}`;
        throw new Error(`the method ${method.name} needs ${draftFileLabel(kind ?? 'model')}, but ${loaded}`);
      }
      const threshold = method.name === 'eagle2' ? method.threshold : null;
      return new HeadDrafter(head, { shape: method.shape, threshold, vocab });
    }
    default:
      return assertNever(method);
  }
}
