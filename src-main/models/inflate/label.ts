/** How an inflated model is named wherever its numbers appear. */
import { basename } from 'node:path';
import { errorMessage } from '../../errors.ts';
import { readGgufLayout } from '../gguf/header.ts';
import { rawF32, readRawMetadata } from '../gguf/values.ts';

export const factorKey = 'specula.inflated.factor';

/** e.g. "inflated x34.8": a token reads so many times the weights of the model that the file was made from */
export const inflatedText = (factor: number): string => `inflated x${factor.toFixed(1)}`;

/**
 * The file's name, and what it is where it is inflated. A file that cannot be read gets its name: loading it says what is wrong.
 */
export async function fileLabel(path: string): Promise<string> {
  const factor = await readGgufLayout(path)
    .then(async (layout) => rawF32((await readRawMetadata(path, layout)).get(factorKey)))
    .catch((error: unknown) => {
      console.error(`the name of ${path} is shown without its kind: ${errorMessage(error)}`);
      return null;
    });
  return factor === null ? basename(path) : `${basename(path)} (${inflatedText(factor)})`;
}
