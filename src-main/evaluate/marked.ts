/** Tokens of the model's own answers by whether they depend on the image. */
import type { ReferenceAnswer, Span } from '#shared/domain/reference.ts';
import type { ModelAnswer, ModelToken } from './answer.ts';

export interface MarkedToken extends Pick<ModelToken, 'imageShare' | 'guessed'> {
  /** some of its text belongs to a marked word of the reference */
  readonly imageDependent: boolean;
}

/**
 * The answer's tokens with the reference's marks. Only an answer that equals the reference can be aligned with it:
 * none of any other one, or where the reference has no marks. The token that ends the text is not among them.
 */
export function markedTokens(reference: ReferenceAnswer, answer: ModelAnswer): MarkedToken[] {
  const { text, spans } = reference;
  if (spans === undefined || answer.text.trim() !== text.trim()) return [];
  const lead = leadingBytes(answer.text) - leadingBytes(text);
  const marks = byteSpans(text, spans).map(({ start, end }) => ({ start: start + lead, end: end + lead }));
  let at = 0;
  return answer.tokens.map(({ bytes, imageShare, guessed }) => {
    const start = at;
    at += bytes.length;
    const end = at;
    const imageDependent = marks.some((mark) => mark.start < end && start < mark.end);
    return { imageShare, guessed, imageDependent };
  });
}

/** Spans in bytes of UTF-8, as tokens are made of bytes. */
function byteSpans(text: string, spans: readonly Span[]): Span[] {
  const offsets = [0];
  for (const character of text) offsets.push((offsets.at(-1) ?? 0) + Buffer.byteLength(character));
  const last = offsets.at(-1) ?? 0;
  return spans.map(({ start, end }) => ({ start: offsets[start] ?? last, end: offsets[end] ?? last }));
}

/** Length of the white space that `trim` takes from the front. */
const leadingBytes = (text: string): number => Buffer.byteLength(text) - Buffer.byteLength(text.trimStart());
