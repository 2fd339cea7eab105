import { assertNever } from '#shared/domain/assert.ts';
import type { Provenance } from '#shared/domain/tree.ts';
import { plural } from '../../../ui/format.ts';
import { rank } from './numbers.ts';

/** The text that something was found in, e.g. "the prompt". */
export function sourceWords(source: Provenance['source']): string {
  switch (source) {
    case 'prompt':
      return 'the prompt';
    case 'answer':
      return 'the answer';
    case 'draft':
      return 'a refused draft';
    case 'turn':
      return 'an earlier turn';
    case 'run':
      return 'an earlier run';
    default:
      return assertNever(source);
  }
}

/** Where a draft token was found, as a sentence without a full stop. */
export function provenanceWords({ source, matched, at, rank: ranked }: Provenance): string {
  const place = at === null ? '' : ` at ${at}`;
  if (ranked !== null) {
    return `the target’s ${rank(ranked)} after the same token, seen in ${sourceWords(source)}${place}`;
  }
  return `copied from ${sourceWords(source)}${place}, after ${plural(matched, 'matching token')}`;
}
