/** Upper-case hexadecimal, two digits per byte, separated by spaces: "E4 BD A0". */
export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(' ');
}

/** Number of bytes of the UTF-8 character that starts with `byte`; 0 for a continuation byte or one that cannot start any. */
export function utf8Length(byte: number): number {
  if (byte < 0x80) return 1;
  if (byte >= 0xc2 && byte <= 0xdf) return 2;
  if (byte >= 0xe0 && byte <= 0xef) return 3;
  if (byte >= 0xf0 && byte <= 0xf4) return 4;
  return 0;
}

export function isContinuation(byte: number): boolean {
  return byte >= 0x80 && byte <= 0xbf;
}

/** Lowest and highest second byte of characters whose first byte allows fewer than all (Unicode, table 3-7). */
const secondBytes: ReadonlyMap<number, readonly [number, number]> = new Map([
  [0xe0, [0xa0, 0xbf]],
  [0xed, [0x80, 0x9f]],
  [0xf0, [0x90, 0xbf]],
  [0xf4, [0x80, 0x8f]],
]);

/** Whether `byte` can follow `first` as the second byte of a character. */
export function canFollow(first: number, byte: number): boolean {
  const [low, high] = secondBytes.get(first) ?? [0x80, 0xbf];
  return byte >= low && byte <= high;
}
