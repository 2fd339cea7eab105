/**
 * Long lists on the wire: one typed array per field instead of one object per entry, as base64. Ten thousand rounds are
 * read and checked in a few milliseconds this way; as objects they cost several hundred. Typed arrays are sent as they lie
 * in memory, which is little-endian on everything that Specula runs on.
 */
import { bytesOf } from './base64.ts';

/** How the values of one field travel. */
export interface Column<T> {
  /** @throws ColumnError for a value that this column cannot hold */
  pack(length: number, value: (i: number) => T): Uint8Array;
  /**
   * Gives value i, 0 <= i < length, and throws a ColumnError for one that is not of this kind.
   * @throws ColumnError when the text is not `length` values
   */
  unpack(text: string, length: number): (i: number) => T;
}

/** A value or a text that is not of the column's kind. */
export class ColumnError extends Error {
  override name = 'ColumnError';
}

type Numbers = Int32Array | Float64Array | Uint8Array;

/** A column of numbers of `kind`; `sent` and `read` say what stands for a value and throw for what must not be there. */
function column<T>(
  kind: {
    new (length: number): Numbers;
    new (buffer: ArrayBuffer): Numbers;
    readonly BYTES_PER_ELEMENT: number;
  },
  sent: (value: T) => number,
  read: (number: number) => T,
): Column<T> {
  return {
    pack(length, value) {
      const numbers = new kind(length);
      for (let i = 0; i < length; i += 1) numbers[i] = sent(value(i));
      return new Uint8Array(numbers.buffer);
    },
    unpack(text, length) {
      const numbers = new kind(bufferOf(text, length * kind.BYTES_PER_ELEMENT));
      return (i) => read(numbers[i] ?? 0);
    },
  };
}

/** Whole numbers from 0 to 2^31 - 1. */
export const counts = column(Int32Array, asCount, asCount);

/** Counts, or null, which is sent as -1. */
export const countsOrNull = column<number | null>(
  Int32Array,
  (value) => (value === null ? -1 : asCount(value)),
  (number) => (number === -1 ? null : asCount(number)),
);

/** Finite numbers, exactly. */
export const reals = column(Float64Array, asReal, asReal);

/** Finite numbers, exactly, or null, which is sent as NaN. */
export const realsOrNull = column<number | null>(
  Float64Array,
  (value) => (value === null ? Number.NaN : asReal(value)),
  (number) => (Number.isNaN(number) ? null : asReal(number)),
);

/** One of at most 256 values, sent as its place among them. */
export function choices<const T>(all: readonly T[]): Column<T> {
  return column<T>(
    Uint8Array,
    (value) => {
      const place = all.indexOf(value);
      if (place < 0) throw new ColumnError(`${value} is none of the choices`);
      return place;
    },
    (place) => {
      const value = all[place];
      if (value === undefined) throw new ColumnError(`there is no choice ${place}`);
      return value;
    },
  );
}

function asCount(value: number): number {
  if ((value | 0) !== value || value < 0) throw new ColumnError(`${value} is no count`);
  return value;
}

function asReal(value: number): number {
  if (!Number.isFinite(value)) throw new ColumnError(`${value} is no finite number`);
  return value;
}

function bufferOf(text: string, bytes: number): ArrayBuffer {
  const { buffer } = read(text);
  if (buffer.byteLength === bytes) return buffer;
  throw new ColumnError(`a column has ${buffer.byteLength} bytes instead of ${bytes}`);
}

function read(text: string): Uint8Array<ArrayBuffer> {
  try {
    return bytesOf(text);
  } catch {
    throw new ColumnError('a column is not base64');
  }
}
