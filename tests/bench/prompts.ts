/** First turns of the built-in samples as prompts, every `step`-th one from `first`. */
import { join } from 'node:path';
import type { PrefillPart } from '../../src-main/decoding/model.ts';
import type { NativeModel } from '../../src-main/engine/native/surface.ts';
import { conversation, promptParts } from '../../src-main/engine/prompt.ts';
import { decodeImage } from '../../src-main/images/pixels.ts';
import { builtInFolder, builtInSamples } from '../fixtures/samples.ts';

export interface BenchPrompt {
  readonly id: string;
  readonly question: string;
  /** with the image */
  readonly target: readonly PrefillPart[];
  /** without it */
  readonly text: readonly PrefillPart[];
}

export async function benchPrompts(model: NativeModel, step: number, first = 0): Promise<BenchPrompt[]> {
  const { samples } = await builtInSamples();
  const texts = {
    template: model.info.chatTemplate,
    bos: '',
    eos: '',
    specials: model.specialTokens(),
  };
  const chosen = samples.filter((_, i) => i % step === first);
  return Promise.all(
    chosen.map(async (sample) => {
      const image = await decodeImage(join(builtInFolder, 'images', sample.image));
      const messages = conversation(null, sample.turns, [], true);
      return {
        id: sample.id,
        question: sample.turns[0] ?? '',
        target: promptParts(messages, image, texts),
        text: promptParts(messages, null, texts),
      };
    }),
  );
}
