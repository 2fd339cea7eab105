import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { checkImage, decodeWith, type ImageSource } from './pixels.ts';

const thumbnailSide = 256;

/**
 * A WebP thumbnail of at most 256 x 256 px that keeps the aspect ratio; smaller pictures are not enlarged.
 * With `cacheFolder` it is stored there under the hash of the picture and read from there the next time.
 * @throws ImageError as decodeImage does.
 */
export async function thumbnail(source: ImageSource, cacheFolder: string | null): Promise<Uint8Array> {
  const image = await checkImage(source);
  const cached =
    cacheFolder === null ? null : path.join(cacheFolder, `${image.sha256}-${thumbnailSide}.webp`);
  if (cached !== null) {
    const stored = await readFile(cached).catch(() => null);
    if (stored !== null) return stored;
  }
  const bytes = await decodeWith(image, (pipeline) =>
    pipeline
      .resize(thumbnailSide, thumbnailSide, { fit: 'inside', withoutEnlargement: true })
      .webp({ quality: 80 })
      .toBuffer(),
  );
  // A cache that cannot be written (full disk) costs time, not the picture.
  if (cached !== null) await writeWhole(cached, bytes).catch(() => {});
  return bytes;
}

/** Writes under another name first, so that a reader never sees half a file. */
async function writeWhole(file: string, bytes: Uint8Array): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const temporary = `${file}.${randomUUID()}.tmp`;
  await writeFile(temporary, bytes);
  await rename(temporary, file);
}
