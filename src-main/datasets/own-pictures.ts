import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Sample } from '../../src-shared/domain/sample.ts';

/** A picture of the user, checked before. */
export interface OwnPicture {
  readonly bytes: Uint8Array;
  /** of the bytes, hexadecimal */
  readonly sha256: string;
  /** ending of its file name, without a dot */
  readonly format: string;
}

/**
 * Adds a question about a picture to a data set of own pictures (a folder in MMSpec's format, made when it is not there), and
 * returns the sample. The same picture is kept once. Calls must not overlap.
 */
export async function addOwnPicture(folder: string, picture: OwnPicture, question: string): Promise<Sample> {
  const images = path.join(folder, 'images');
  await mkdir(images, { recursive: true });
  const image = `${picture.sha256.slice(0, 16)}.${picture.format}`;
  await writeFile(path.join(images, image), picture.bytes);
  const file = path.join(folder, 'mmspec.jsonl');
  const lines = (await readFile(file, 'utf8').catch(() => ''))
    .split('\n')
    .filter((line) => line.trim() !== '');
  const sample: Sample = {
    id: `own_${String(lines.length + 1).padStart(3, '0')}`,
    image,
    turns: [question],
    category: 'own picture',
    topic: 'own pictures',
  };
  await appendFile(file, `${JSON.stringify(sample)}\n`);
  return sample;
}
