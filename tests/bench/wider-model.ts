/** A random-weight model of a more usual width, so that fixed costs per round are seen in proportion. */
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NativeModel } from '../../src-main/engine/native/surface.ts';
import { decoder, TARGET_SHAPE } from '../fixtures/gguf/decoders.ts';
import { mlpProjector } from '../fixtures/gguf/projectors.ts';
import { fullVocabulary } from '../fixtures/gguf/vocabulary.ts';
import { encodeGguf } from '../fixtures/gguf/writer.ts';
import { load, root } from './bench-models.ts';
import { type BenchPrompt, benchPrompts } from './prompts.ts';

const folder = join(root, 'node_modules', '.cache', 'specula', 'bench');
const width = 512;

export interface WiderModel {
  readonly name: string;
  readonly capture: NativeModel;
  readonly plain: NativeModel;
  readonly prompts: readonly BenchPrompt[];
}

/** Writes the model once (about 100 MB) and loads it with and without attention capture. */
export async function widerModel(): Promise<WiderModel> {
  const model = join(folder, `wide-${width}.gguf`);
  const projector = join(folder, `wide-${width}-projector.gguf`);
  mkdirSync(folder, { recursive: true });
  const write = (file: string, make: () => Uint8Array): void => {
    if (existsSync(file)) return;
    writeFileSync(`${file}.part`, make());
    renameSync(`${file}.part`, file);
  };
  const shape = { ...TARGET_SHAPE, layers: 8, width, heads: 8, kvHeads: 4, feedForward: 1536 };
  write(model, () => encodeGguf(decoder(shape, fullVocabulary(), 21)));
  write(projector, () => encodeGguf(mlpProjector(width, 22)));
  const capture = await load(model, projector, true);
  const plain = await load(model, projector, false);
  const prompts = (await benchPrompts(capture, 80)).slice(0, 3);
  const millions = (capture.info.parameters / 1e6).toFixed(0);
  return { name: `random target (${millions} M parameters)`, capture, plain, prompts };
}
