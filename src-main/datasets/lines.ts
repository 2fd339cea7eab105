import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** A line longer than this is no sample; it is reported and its text dropped. */
export const longestLine = 4 * 2 ** 20;

export interface Line {
  /** 1-based */
  readonly number: number;
  /** without line ending and byte order mark; null: not usable, see `problem` */
  readonly text: string | null;
  readonly problem: string | null;
}

const NEWLINE = 10;
const CARRIAGE_RETURN = 13;

/**
 * Reads a text file line by line without holding it whole. Lines end with LF or CR LF and nothing else: node:readline
 * would also split at U+2028, which may stand inside a JSON string. `hash` is fed with the bytes as they are.
 */
export async function* readLines(file: string, hash: Hash = createHash('sha256')): AsyncGenerator<Line> {
  let pieces: Buffer[] = [];
  let length = 0;
  let number = 1;
  const collect = (piece: Buffer): void => {
    length += piece.length;
    if (length <= longestLine) pieces.push(piece);
    else pieces = [];
  };
  const finish = (): Line => {
    const line = length > longestLine ? tooLong(number) : decode(Buffer.concat(pieces), number);
    pieces = [];
    length = 0;
    number++;
    return line;
  };
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 18 }) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      collect(chunk.subarray(start, end));
      yield finish();
      start = end + 1;
    }
    collect(chunk.subarray(start));
  }
  if (length > 0) yield finish();
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(bytes: Buffer, number: number): Line {
  const content = bytes.at(-1) === CARRIAGE_RETURN ? bytes.subarray(0, -1) : bytes;
  try {
    const text = decoder.decode(content);
    return { number, text: number === 1 ? text.replace(/^\uFEFF/, '') : text, problem: null };
  } catch {
    return { number, text: null, problem: 'not valid UTF-8; save the file as UTF-8' };
  }
}

function tooLong(number: number): Line {
  return {
    number,
    text: null,
    problem: `longer than ${longestLine / 2 ** 20} MB; one sample per line is expected`,
  };
}
