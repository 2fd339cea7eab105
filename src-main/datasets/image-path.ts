import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';

export type ImagePath =
  | { readonly ok: true; readonly path: string }
  | { readonly ok: false; readonly reason: string };

const refuse = (reason: string): ImagePath => ({ ok: false, reason });

/**
 * The real path of a sample's image, or why it cannot be used. `image` is relative to `<folder>/images` (subfolders with
 * forward slashes are fine) and must stay inside it, symbolic links resolved: a data set may come from anywhere.
 */
export async function resolveImagePath(folder: string, image: string): Promise<ImagePath> {
  const name = JSON.stringify(image);
  const parts = image.split(/[\\/]/);
  if (
    path.posix.isAbsolute(image) ||
    path.win32.isAbsolute(image) ||
    parts.includes('..') ||
    image.includes('\0')
  ) {
    return refuse(`image ${name} leaves the images folder; give a path relative to it`);
  }
  const images = await realpath(path.join(folder, 'images')).catch(() => null);
  if (images === null) return refuse(`image ${name}: the data set has no images folder`);
  const real = await realpath(path.join(images, image)).catch(() => null);
  if (real === null) return refuse(`image ${name} does not exist in the images folder`);
  if (!real.startsWith(images + path.sep)) {
    return refuse(`image ${name} is a link that leaves the images folder; copy the picture there`);
  }
  if (!(await stat(real)).isFile()) return refuse(`image ${name} is no file`);
  return { ok: true, path: real };
}
