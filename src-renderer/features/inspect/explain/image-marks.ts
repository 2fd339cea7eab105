import type { ReferenceAnswer } from '#shared/domain/reference.ts';

/** A stretch [from, to) of a text in UTF-16 units. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Where an answer says what cannot be known without the picture, and how that was found. */
export interface ImageMarks {
  readonly by: 'spans' | 'words';
  readonly stretches: readonly Stretch[];
}

/**
 * The image-dependent words of an answer. An answer that equals the reference has the reference's marked spans; in any
 * other one, words that the reference lists as image-dependent are taken wherever they stand. Null without a reference
 * that lists any.
 */
export function imageMarks(text: string, reference: ReferenceAnswer | undefined): ImageMarks | null {
  if (reference === undefined || reference.imageWords.length === 0) return null;
  const { spans } = reference;
  if (spans !== undefined && text.trim() === reference.text.trim()) {
    const lead = leadOf(text) - leadOf(reference.text);
    const units = unitsOf(reference.text);
    const at = (point: number) => (units[point] ?? reference.text.length) + lead;
    return { by: 'spans', stretches: spans.map((s) => ({ from: at(s.start), to: at(s.end) })) };
  }
  const wanted = new Set(
    reference.imageWords.flatMap((words) => words.toLowerCase().match(wordPattern) ?? []),
  );
  const stretches = [...text.matchAll(wordPattern)]
    .filter(([word]) => wanted.has(word.toLowerCase()))
    .map((match) => ({ from: match.index, to: match.index + match[0].length }));
  return { by: 'words', stretches };
}

const wordPattern = /[\p{L}\p{N}]+/gu;

const leadOf = (text: string): number => text.length - text.trimStart().length;

/** UTF-16 offset of every code point, and of the end. */
function unitsOf(text: string): number[] {
  const out = [0];
  for (const character of text) out.push((out.at(-1) ?? 0) + character.length);
  return out;
}
