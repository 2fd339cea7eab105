/** Reading and writing MMSpec's result files, line by line. They are written by Python's `json.dumps`; so are ours, to the byte. */
import { type ResultRecord, recordSchema } from './record.ts';

/** A line that holds a record, or what is wrong with it. Numbers are 1-based. */
export type ReadLine =
  | { readonly line: number; readonly text: string; readonly record: ResultRecord }
  | { readonly line: number; readonly problem: string };

/** The lines of a file; empty ones are passed over. */
export function readLines(content: string): ReadLine[] {
  return content.split('\n').flatMap((text, index): ReadLine[] => {
    const line = index + 1;
    if (text.trim() === '') return [];
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch (error) {
      return [{ line, problem: `no JSON (${error instanceof Error ? error.message : String(error)})` }];
    }
    const parsed = recordSchema.safeParse(json);
    if (parsed.success) return [{ line, text: text.trim(), record: parsed.data }];
    const problem = parsed.error.issues
      .map(({ path, message }) => `${path.join('.') || 'line'}: ${message}`)
      .join('; ');
    return [{ line, problem }];
  });
}

/**
 * A whole file: sorted by question id, the last of several records of a question wins (methods.md 2.1). Keys are written in
 * the order that the records have.
 */
export function writeLines(records: readonly ResultRecord[]): string {
  const byQuestion = new Map(records.map((record) => [record.question_id, record]));
  // Python compares strings by code points, as JavaScript does below U+10000.
  const sorted = [...byQuestion.values()].sort((a, b) => (a.question_id < b.question_id ? -1 : 1));
  return sorted.map((record) => `${dump(record, false)}\n`).join('');
}

/** Fields that hold floats, so that a whole number in them is written with `.0`. */
const floats = new Set(['wall_time', 'decode_time', 'draft_time', 'target_time', 'tstamp']);

function dump(value: unknown, float: boolean): string {
  if (typeof value === 'number') return float ? pythonFloat(value) : String(value);
  if (typeof value === 'string') return asciiString(value);
  if (Array.isArray(value)) return `[${value.map((item) => dump(item, float)).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).filter(([, item]) => item !== undefined);
    return `{${fields.map(([key, item]) => `${asciiString(key)}: ${dump(item, isFloat(key, item))}`).join(', ')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

/** MSD's acceptance is a list of floats, the others' a list of lists of whole numbers. */
const isFloat = (key: string, item: unknown): boolean =>
  floats.has(key) || (key === 'acceptance_length' && Array.isArray(item) && typeof item[0] === 'number');

/** As Python's `repr`: the shortest digits that read back as the number, an exponent below 1e-4 and from 1e16 on. */
export function pythonFloat(value: number): string {
  const [mantissa = '0', power = '0'] = value.toExponential().split('e');
  const exponent = Number(power);
  if (exponent < -4 || exponent >= 16) {
    const sign = exponent < 0 ? '-' : '+';
    return `${mantissa}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
  }
  const negative = mantissa.startsWith('-');
  const digits = mantissa.replace(/[-.]/g, '');
  const text =
    exponent < 0
      ? `0.${'0'.repeat(-exponent - 1)}${digits}`
      : `${digits.slice(0, exponent + 1).padEnd(exponent + 1, '0')}.${digits.slice(exponent + 1) || '0'}`;
  return negative || Object.is(value, -0) ? `-${text}` : text;
}

/** A JSON string in ASCII alone. */
function asciiString(text: string): string {
  return JSON.stringify(text).replace(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
