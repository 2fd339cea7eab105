import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp, { type Color, type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ImageError, type ImageErrorCode } from '../../src-main/images/image-error.ts';
import { decodeImage, imageLimits } from '../../src-main/images/pixels.ts';
import { thumbnail } from '../../src-main/images/thumbnail.ts';
import { animatedPng, animatedWebp, pngHeader } from '../fixtures/images/animated.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'specula-images-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const RED = { r: 255, g: 0, b: 0 };
const solid = (width: number, height: number, background: Color = RED, channels: 3 | 4 = 3): Sharp =>
  sharp({ create: { width, height, channels, background } });

/** Left half red, right half blue, 4 x 2. */
const halves = (): Sharp =>
  solid(4, 2).composite([
    { input: { create: { width: 2, height: 2, channels: 3, background: '#0000ff' } }, left: 2, top: 0 },
  ]);

async function file(name: string, bytes: Uint8Array): Promise<string> {
  const full = path.join(folder, name);
  await writeFile(full, bytes);
  return full;
}

const decodeBytes = (bytes: Uint8Array) => decodeImage({ name: 'test', bytes });
const pixel = (image: { width: number; rgb: Uint8Array }, x: number, y: number): number[] => [
  ...image.rgb.subarray((y * image.width + x) * 3, (y * image.width + x) * 3 + 3),
];

async function refusal(source: Parameters<typeof decodeImage>[0]): Promise<ImageError> {
  const error: unknown = await decodeImage(source).catch((thrown: unknown) => thrown);
  if (error instanceof ImageError) return error;
  throw new Error(`expected an ImageError, got ${String(error)}`);
}

async function expectRefused(source: Parameters<typeof decodeImage>[0], code: ImageErrorCode, words: RegExp) {
  const error = await refusal(source);
  expect(error.code).toBe(code);
  expect(error.message).toMatch(words);
}

describe('decodeImage', () => {
  it('gives the pixels of a PNG row by row and the hash of the file', async () => {
    const bytes = await halves().png().toBuffer();
    const image = await decodeImage(await file('halves.png', bytes));
    expect([image.width, image.height, image.rgb.length]).toEqual([4, 2, 24]);
    expect(pixel(image, 0, 0)).toEqual([255, 0, 0]);
    expect(pixel(image, 3, 1)).toEqual([0, 0, 255]);
    expect(image.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
  });

  it.each(['jpeg', 'webp'] as const)('decodes %s within compression noise', async (format) => {
    const image = await decodeBytes(await solid(32, 16).toFormat(format, { quality: 95 }).toBuffer());
    expect([image.width, image.height]).toEqual([32, 16]);
    const [r = 0, g = 255, b = 255] = pixel(image, 5, 5);
    expect(r).toBeGreaterThan(245);
    expect(Math.max(g, b)).toBeLessThan(10);
  });

  it('goes by the content, not by the extension', async () => {
    const image = await decodeImage(await file('really-a-jpeg.png', await solid(8, 8).jpeg().toBuffer()));
    expect(image.width).toBe(8);
  });

  it('reads a name with Unicode and spaces', async () => {
    const image = await decodeImage(await file('Größe 図 1.png', await solid(3, 3).png().toBuffer()));
    expect(image.height).toBe(3);
  });

  // EXIF orientations: where the top left pixel of the stored picture (red) ends up.
  it.each([
    [1, 4, 2, 'left'],
    [2, 4, 2, 'right'],
    [3, 4, 2, 'right'],
    [4, 4, 2, 'left'],
    [5, 2, 4, 'top'],
    [6, 2, 4, 'top'],
    [7, 2, 4, 'bottom'],
    [8, 2, 4, 'bottom'],
  ] as const)('applies EXIF orientation %i', async (orientation, width, height, redSide) => {
    const stored = await halves().png().toBuffer();
    const image = await decodeBytes(await sharp(stored).withMetadata({ orientation }).png().toBuffer());
    expect([image.width, image.height]).toEqual([width, height]);
    const last = [image.width - 1, image.height - 1] as const;
    const red = redSide === 'left' || redSide === 'top' ? pixel(image, 0, 0) : pixel(image, ...last);
    const blue = redSide === 'left' || redSide === 'top' ? pixel(image, ...last) : pixel(image, 0, 0);
    expect([red, blue]).toEqual([
      [255, 0, 0],
      [0, 0, 255],
    ]);
  });

  it('flattens transparency on white', async () => {
    const half = await solid(2, 2, { r: 0, g: 0, b: 0, alpha: 0.5 }, 4).png().toBuffer();
    const [grey = 0] = pixel(await decodeBytes(half), 0, 0);
    expect(Math.abs(grey - 127)).toBeLessThanOrEqual(1);
    const clear = await solid(2, 2, { r: 9, g: 9, b: 9, alpha: 0 }, 4).webp({ lossless: true }).toBuffer();
    expect(pixel(await decodeBytes(clear), 1, 1)).toEqual([255, 255, 255]);
  });

  it.each([
    ['a palette', () => halves().png({ palette: true }), [255, 0, 0]],
    ['16 bits per channel', () => halves().toColourspace('rgb16').png(), [255, 0, 0]],
    ['one grey channel', () => solid(4, 2, '#808080').toColourspace('b-w').png(), [128, 128, 128]],
    ['16-bit grey', () => solid(4, 2, '#808080').toColourspace('grey16').png(), [128, 128, 128]],
  ] as const)('converts %s to 8-bit sRGB', async (_, make, colour) => {
    const image = await decodeBytes(await make().toBuffer());
    expect(image.rgb.length).toBe(4 * 2 * 3);
    expect(pixel(image, 0, 0)).toEqual([...colour]);
  });

  it('converts CMYK to sRGB', async () => {
    const bytes = await solid(16, 16, RED).toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer();
    expect((await sharp(bytes).metadata()).space).toBe('cmyk');
    const [r = 0, g = 255, b = 255] = pixel(await decodeBytes(bytes), 8, 8);
    expect(r).toBeGreaterThan(Math.max(g, b) + 150);
  });

  it('refuses other formats by name, whatever their extension', async () => {
    await expectRefused(
      await file('g.png', await solid(4, 4).gif().toBuffer()),
      'unknown-format',
      /g\.png: GIF .*convert it to PNG/,
    );
    await expectRefused(await file('t.jpg', await solid(4, 4).tiff().toBuffer()), 'unknown-format', /TIFF/);
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"/>');
    await expectRefused(await file('s.png', svg), 'unknown-format', /SVG/);
    await expectRefused(
      await file('x.png', Buffer.from('just some words')),
      'unknown-format',
      /no known picture format/,
    );
  });

  it('refuses animated PNG and WebP', async () => {
    await expectRefused(
      { name: 'a.png', bytes: await animatedPng() },
      'animated',
      /a\.png: .*animated.*save the frame/,
    );
    await expectRefused({ name: 'a.webp', bytes: await animatedWebp() }, 'animated', /animated/);
  });

  it('refuses empty, truncated and damaged files', async () => {
    await expectRefused(await file('empty.png', Buffer.alloc(0)), 'corrupt', /empty\.png: the file is empty/);
    const noise = {
      create: {
        width: 64,
        height: 64,
        channels: 3,
        background: RED,
        noise: { type: 'gaussian', mean: 128, sigma: 60 },
      },
    } as const;
    const png = await sharp(noise).png().toBuffer();
    await expectRefused(
      { name: 'cut.png', bytes: png.subarray(0, png.length / 2) },
      'corrupt',
      /cut\.png: .*damaged/,
    );
    const jpeg = await sharp(noise).jpeg().toBuffer();
    await expectRefused({ name: 'cut.jpg', bytes: jpeg.subarray(0, jpeg.length / 2) }, 'corrupt', /damaged/);
    await expectRefused(
      { name: 'head.webp', bytes: (await solid(9, 9).webp().toBuffer()).subarray(0, 16) },
      'corrupt',
      /damaged/,
    );
  });

  it('refuses a missing file and a folder', async () => {
    await expectRefused(
      path.join(folder, 'no-such.png'),
      'unreadable',
      /no-such\.png: the file does not exist; check/,
    );
    await expectRefused(folder, 'unreadable', /no file|cannot be read/);
  });

  it('refuses a file above the byte limit without reading it', async () => {
    const big = await file('big.png', await solid(4, 4).png().toBuffer());
    await truncate(big, imageLimits.fileBytes + 1);
    await expectRefused(big, 'too-large', /64 MB/);
  });

  it('refuses too many pixels before decoding them', async () => {
    await expectRefused(
      { name: 'long.png', bytes: pngHeader(16_385, 10) },
      'size',
      /16385 x 10 px is too large; scale it down/,
    );
    await expectRefused({ name: 'area.png', bytes: pngHeader(10_000, 10_000) }, 'size', /10000 x 10000/);
  });

  it('takes the longest side that is allowed', async () => {
    const image = await decodeBytes(await solid(imageLimits.side, 1).png().toBuffer());
    expect([image.width, image.height]).toEqual([imageLimits.side, 1]);
  });
});

describe('thumbnail', () => {
  it('fits into 256 px, keeps the aspect ratio and never enlarges', async () => {
    const size = async (bytes: Uint8Array) => {
      const { width, height, format } = await sharp(bytes).metadata();
      return { width, height, format };
    };
    const wide = await thumbnail({ name: 'w', bytes: await solid(1024, 512).png().toBuffer() }, null);
    expect(await size(wide)).toEqual({ width: 256, height: 128, format: 'webp' });
    const small = await thumbnail({ name: 's', bytes: await solid(20, 30).png().toBuffer() }, null);
    expect(await size(small)).toEqual({ width: 20, height: 30, format: 'webp' });
  });

  it('is stored under the hash of the picture and read back', async () => {
    const cache = path.join(folder, 'thumbs');
    const source = { name: 'x', bytes: await solid(300, 300).png().toBuffer() };
    const first = await thumbnail(source, cache);
    const [stored, ...others] = await readdir(cache);
    expect(others).toEqual([]);
    expect(stored).toBe(`${createHash('sha256').update(source.bytes).digest('hex')}-256.webp`);
    const marked = path.join(cache, stored ?? '');
    expect(new Uint8Array(await readFile(marked))).toEqual(new Uint8Array(first));
    await writeFile(marked, 'from the cache');
    expect(Buffer.from(await thumbnail(source, cache)).toString()).toBe('from the cache');
  });

  it('comes also where it cannot be stored', async () => {
    const blocked = path.join(folder, 'no-folder');
    await writeFile(blocked, 'a file');
    const bytes = await thumbnail({ name: 'x', bytes: await solid(300, 300).png().toBuffer() }, blocked);
    expect(bytes.length).toBeGreaterThan(0);
  });

  it('refuses what decodeImage refuses', async () => {
    await expect(thumbnail({ name: 'a', bytes: await animatedWebp() }, null)).rejects.toThrow(/animated/);
  });
});
