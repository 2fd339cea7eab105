import type { Prompt } from '../decoding/drafters/drafter.ts';
import type { EngineJob } from './client.ts';
import type { NativeModel } from './native/surface.ts';
import { conversation, promptParts } from './prompt.ts';

/** What a prompt is made of. */
export type Asked = Pick<EngineJob, 'spec' | 'sample' | 'image'>;

/**
 * The prompt of the turn after `answers` (token ids, end tokens included) for one of the models.
 * @param target the model whose tokens the answers are
 * @param withImage the target sees the image
 */
export function turnPrompt(
  { spec, sample, image }: Asked,
  model: NativeModel,
  target: NativeModel,
  answers: readonly (readonly number[])[],
  withImage: boolean,
): Prompt {
  const endTokens = new Set(target.info.endTokens);
  const texts = answers.map((ids) => answerText(target, ids, endTokens));
  const messages = conversation(spec.systemPrompt, sample.turns, texts, withImage);
  return {
    parts: promptParts(messages, model.projector === null ? null : image, templateTexts(model)),
    addSpecial: true,
  };
}

const decoder = new TextDecoder();

function templateTexts(model: NativeModel): Parameters<typeof promptParts>[2] {
  const text = (id: number): string =>
    id < 0 ? '' : decoder.decode(model.pieces(Int32Array.of(id))[0] ?? new Uint8Array());
  return {
    template: model.info.chatTemplate,
    bos: model.info.addBos ? '' : text(model.info.bos),
    eos: text(model.info.eos),
    specials: model.specialTokens(),
  };
}

/** The answer as it goes into the history of later turns: without end-of-text tokens, trimmed (methods.md 1.3). */
function answerText(model: NativeModel, ids: readonly number[], endTokens: ReadonlySet<number>): string {
  const kept = ids.filter((id) => !endTokens.has(id));
  return decoder.decode(Buffer.concat(model.pieces(Int32Array.from(kept)))).trim();
}
