export type ImageFormat = 'png' | 'jpeg' | 'webp';

/** What the first bytes of a file say it is: a format we take, the name of one that we do not, or null. */
export type Sniffed = { readonly format: ImageFormat } | { readonly unsupported: string } | null;

const ascii = (bytes: Uint8Array, from: number, to: number): string =>
  String.fromCharCode(...bytes.subarray(from, to));

const PNG_SIGNATURE = '\x89PNG\r\n\x1a\n';

/** Recognises a file by its content; its name does not matter. */
export function sniffFormat(bytes: Uint8Array): Sniffed {
  if (ascii(bytes, 0, 8) === PNG_SIGNATURE) return { format: 'png' };
  if (ascii(bytes, 0, 3) === '\xff\xd8\xff') return { format: 'jpeg' };
  if (ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 12) === 'WEBP') return { format: 'webp' };
  if (ascii(bytes, 0, 4) === 'GIF8') return { unsupported: 'GIF' };
  if (ascii(bytes, 0, 4) === 'II*\0' || ascii(bytes, 0, 4) === 'MM\0*') return { unsupported: 'TIFF' };
  if (ascii(bytes, 0, 2) === 'BM') return { unsupported: 'BMP' };
  if (ascii(bytes, 4, 8) === 'ftyp') return { unsupported: 'AVIF or HEIC' };
  if (ascii(bytes, 0, 5) === '%PDF-') return { unsupported: 'PDF' };
  if (/^\s*<(\?xml|svg)/.test(ascii(bytes, 0, 100))) return { unsupported: 'SVG' };
  return null;
}

/** Whether the file holds several frames: an APNG (`acTL` chunk before the pixels) or an animated WebP (VP8X flag). */
export function isAnimated(bytes: Uint8Array, format: ImageFormat): boolean {
  switch (format) {
    case 'png':
      return hasAnimationChunk(bytes);
    case 'webp':
      return ascii(bytes, 12, 16) === 'VP8X' && ((bytes[20] ?? 0) & 0x02) !== 0;
    case 'jpeg':
      return false;
  }
}

function hasAnimationChunk(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = PNG_SIGNATURE.length;
  while (at + 8 <= bytes.length) {
    const type = ascii(bytes, at + 4, at + 8);
    if (type === 'acTL') return true;
    if (type === 'IDAT') return false;
    at += 12 + view.getUint32(at); // length, type and checksum are 4 bytes each
  }
  return false;
}
