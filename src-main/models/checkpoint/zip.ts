/** Where the entries of a zip archive lie (APPNOTE.TXT of PKWARE, with zip64). Only what is stored uncompressed can be used. */
import type { FileHandle } from 'node:fs/promises';

export interface ZipEntry {
  readonly name: string;
  /** of the entry's own header, from the start of the file */
  readonly header: number;
  readonly bytes: number;
  readonly compressed: boolean;
}

/** The archive is cut off or damaged. */
export class ZipError extends Error {
  override readonly name = 'ZipError';
}

const endSignature = 0x06054b50;
const end64Signature = 0x06064b50;
const locatorSignature = 0x07064b50;
const entrySignature = 0x02014b50;
const headerSignature = 0x04034b50;
const endBytes = 22;
const locatorBytes = 20;
const longestComment = 65_535;
const longestDirectory = 64 << 20;
/** stands in 32-bit fields whose value is in the zip64 part */
const elsewhere = 0xffff_ffff;

/** The central directory. @throws ZipError */
export async function readZipDirectory(file: FileHandle): Promise<ZipEntry[]> {
  const { size } = await file.stat();
  const tailStart = Math.max(0, size - endBytes - longestComment - locatorBytes);
  const tail = await readAt(file, tailStart, size - tailStart);
  let at = tail.length - endBytes;
  while (at >= 0 && tail.readUInt32LE(at) !== endSignature) at--;
  if (at < 0) throw new ZipError('the archive has no end');
  let bytes = tail.readUInt32LE(at + 12);
  let start = tail.readUInt32LE(at + 16);
  const locator = at - locatorBytes;
  if (locator >= 0 && tail.readUInt32LE(locator) === locatorSignature) {
    const end64 = await readAt(file, u64(tail, locator + 8), 56);
    if (end64.readUInt32LE(0) !== end64Signature) throw new ZipError('the end of the archive is damaged');
    bytes = u64(end64, 40);
    start = u64(end64, 48);
  }
  if (bytes > longestDirectory) throw new ZipError(`a directory of ${bytes} bytes is announced`);
  return entries(await readAt(file, start, bytes));
}

/** Where an entry's data begin. @throws ZipError */
export async function zipDataStart(file: FileHandle, entry: ZipEntry): Promise<number> {
  const header = await readAt(file, entry.header, 30);
  if (header.readUInt32LE(0) !== headerSignature) throw new ZipError(`the entry ${entry.name} is damaged`);
  return entry.header + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
}

function entries(directory: Buffer): ZipEntry[] {
  const found: ZipEntry[] = [];
  let at = 0;
  while (at < directory.length) {
    if (at + 46 > directory.length || directory.readUInt32LE(at) !== entrySignature) {
      throw new ZipError('its directory is damaged');
    }
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((field) =>
      directory.readUInt16LE(at + field),
    );
    const nameEnd = at + 46 + (nameBytes ?? 0);
    const next = nameEnd + (extraBytes ?? 0) + (commentBytes ?? 0);
    if (next > directory.length) throw new ZipError('its directory is damaged');
    const wide = zip64Fields(directory.subarray(nameEnd, nameEnd + (extraBytes ?? 0)));
    // The zip64 part holds only those fields, in this order, that did not fit.
    const field = (offset: number): number => {
      const value = directory.readUInt32LE(at + offset);
      return value === elsewhere ? (wide.shift() ?? value) : value;
    };
    const bytes = field(24);
    field(20);
    found.push({
      name: directory.toString('utf8', at + 46, nameEnd),
      bytes,
      header: field(42),
      compressed: directory.readUInt16LE(at + 10) !== 0,
    });
    at = next;
  }
  return found;
}

function zip64Fields(extra: Buffer): number[] {
  for (let at = 0; at + 4 <= extra.length; ) {
    const length = extra.readUInt16LE(at + 2);
    if (extra.readUInt16LE(at) === 1) {
      const fields: number[] = [];
      for (let field = at + 4; field + 8 <= Math.min(at + 4 + length, extra.length); field += 8) {
        fields.push(u64(extra, field));
      }
      return fields;
    }
    at += 4 + length;
  }
  return [];
}

const u64 = (bytes: Buffer, at: number): number => Number(bytes.readBigUInt64LE(at));

async function readAt(file: FileHandle, start: number, length: number): Promise<Buffer> {
  const { size } = await file.stat();
  if (start < 0 || start + length > size) throw new ZipError('it reaches behind the end of the file');
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, start);
  if (bytesRead < length) throw new ZipError('it ends early');
  return buffer;
}
