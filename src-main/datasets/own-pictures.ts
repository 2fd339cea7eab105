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
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const sample: Sample = {
    id: `own_${String(nextNumber(text)).padStart(3, '0')}`,
    image,
    turns: [question],
    category: 'own picture',
    topic: 'own pictures',
  };
  // A write that was cut short leaves a line without an end.
  const end = text === '' || text.endsWith('\n') ? '' : '\n';
  await appendFile(file, `${end}${JSON.stringify(sample)}\n`);
  return sample;
}

/** One more than the highest in use, whatever lines were taken out by hand. */
function nextNumber(text: string): number {
  return 1 + Math.max(0, ...[...text.matchAll(/"id":\s*"own_(\d+)"/g)].map(([, digits]) => Number(digits)));
}
