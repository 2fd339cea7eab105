import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import sharp, { type Sharp } from 'sharp';
import { isAnimated, sniffFormat } from './format.ts';
import { ImageError } from './image-error.ts';

// Pictures come one at a time: a large cache or thread pool would only take memory from the models.
sharp.cache({ memory: 16, files: 0, items: 20 });
sharp.concurrency(1);

export const imageLimits = {
  fileBytes: 64 * 2 ** 20,
  pixels: 64_000_000,
  side: 16_384,
} as const;

/** A file to read, or its content with a name for error messages. */
export type ImageSource = string | { readonly name: string; readonly bytes: Uint8Array };

export interface DecodedImage {
  /** pixels, after the EXIF orientation */
  readonly width: number;
  readonly height: number;
  /** sRGB, 8 bit, row by row, [height][width][3] */
  readonly rgb: Uint8Array;
  /** of the file, not of the pixels; hexadecimal */
  readonly sha256: string;
}

export interface CheckedImage {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

/**
 * Decodes a PNG, JPEG or WebP picture to sRGB pixels: EXIF orientation applied, transparency flattened on white,
 * palettes, grey, CMYK and 16-bit converted.
 * @throws ImageError when the file cannot be read, is no still picture of these formats, is broken, or exceeds `imageLimits`.
 */
export async function decodeImage(source: ImageSource): Promise<DecodedImage> {
  const image = await checkImage(source);
  const { data, info } = await decodeWith(image, (pipeline) =>
    pipeline.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true }),
  );
  return { width: info.width, height: info.height, rgb: data, sha256: image.sha256 };
}

/** Reads the file and checks all that can be known before its pixels are decoded. */
export async function checkImage(source: ImageSource): Promise<CheckedImage> {
  const name = typeof source === 'string' ? source : source.name;
  const bytes = typeof source === 'string' ? await readLimited(source) : source.bytes;
  if (bytes.length > imageLimits.fileBytes) throw tooLarge(name, bytes.length);
  if (bytes.length === 0) throw new ImageError('corrupt', name, 'the file is empty; copy it again');
  const sniffed = sniffFormat(bytes);
  if (sniffed === null || 'unsupported' in sniffed) {
    const what =
      sniffed === null ? 'the content is no known picture format' : `${sniffed.unsupported} is not supported`;
    throw new ImageError('unknown-format', name, `${what}; convert it to PNG, JPEG or WebP`);
  }
  if (isAnimated(bytes, sniffed.format)) {
    throw new ImageError(
      'animated',
      name,
      'the file is animated and a model sees one frame; save the frame as PNG',
    );
  }
  await checkSize(name, bytes);
  return { name, bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** Runs a sharp pipeline that starts with the oriented picture in sRGB on white. */
export async function decodeWith<T>(image: CheckedImage, run: (pipeline: Sharp) => Promise<T>): Promise<T> {
  const pipeline = sharp(image.bytes, { failOn: 'error', limitInputPixels: imageLimits.pixels })
    .autoOrient()
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb');
  try {
    return await run(pipeline);
  } catch (error) {
    throw corrupt(image.name, error);
  }
}

async function checkSize(name: string, bytes: Uint8Array): Promise<void> {
  const metadata = await sharp(bytes, { failOn: 'error', limitInputPixels: false })
    .metadata()
    .catch((error: unknown) => {
      throw corrupt(name, error);
    });
  const { width, height, pages } = metadata;
  if (pages !== undefined && pages > 1) {
    throw new ImageError(
      'animated',
      name,
      `the file holds ${pages} pages and a model sees one; save the page as PNG`,
    );
  }
  if (Math.max(width, height) > imageLimits.side || width * height > imageLimits.pixels) {
    const most = `${imageLimits.side} px per side and ${imageLimits.pixels / 1e6} megapixels`;
    throw new ImageError(
      'size',
      name,
      `${width} x ${height} px is too large; scale it down to at most ${most}`,
    );
  }
}

async function readLimited(path: string): Promise<Uint8Array> {
  try {
    await using file = await open(path, 'r');
    const stat = await file.stat();
    if (!stat.isFile()) throw new ImageError('unreadable', path, 'this is no file; choose a picture');
    if (stat.size > imageLimits.fileBytes) throw tooLarge(path, stat.size);
    return await file.readFile();
  } catch (error) {
    if (error instanceof ImageError) throw error;
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const reason = missing
      ? 'the file does not exist; check the path'
      : `the file cannot be read (${text(error)})`;
    throw new ImageError('unreadable', path, reason, { cause: error });
  }
}

function tooLarge(name: string, size: number): ImageError {
  const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(0);
  const reason = `${mebibytes(size)} MB is more than the limit of ${mebibytes(imageLimits.fileBytes)} MB; save it smaller`;
  return new ImageError('too-large', name, reason);
}

function corrupt(name: string, error: unknown): ImageError {
  const reason = `the file is damaged (${text(error)}); export or copy it again`;
  return new ImageError('corrupt', name, reason, { cause: error });
}

const text = (error: unknown): string => (error instanceof Error ? error.message : String(error));
