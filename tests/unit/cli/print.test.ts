import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { tokenOrigins } from '#shared/domain/token.ts';
import { legend, paint } from '../../../src-main/cli/origins.ts';
import { abilities, printable, table } from '../../../src-main/cli/terminal.ts';
import { TokenPrinter } from '../../../src-main/cli/token-printer.ts';
import { makeRecord } from '../storage/records.ts';

const full = { styled: true, coloured: true };
const none = { styled: false, coloured: false };

test('colours and styles by terminal, TERM and NO_COLOR', () => {
  expect(abilities(true, {})).toEqual(full);
  expect(abilities(true, { NO_COLOR: '1' })).toEqual({ styled: true, coloured: false });
  expect(abilities(true, { NO_COLOR: '' })).toEqual(full);
  expect(abilities(true, { TERM: 'dumb' })).toEqual(none);
  expect(abilities(false, {})).toEqual(none);
});

test('every origin looks different, without colours too, and as plain text not at all', () => {
  for (const can of [full, { styled: true, coloured: false }]) {
    const looks = tokenOrigins.map((origin) => paint('x', origin, can));
    expect(new Set(looks).size).toBe(tokenOrigins.length);
  }
  for (const origin of tokenOrigins) expect(paint('x', origin, none)).toBe('x');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes are what must not be there
  const colours = /\u001b\[[\d;]*3\d/;
  expect(paint('x', 'accepted', { styled: true, coloured: false })).not.toMatch(colours);
  expect(stripVTControlCharacters(paint('a\n\nb', 'bonus', full))).toBe('a\n\nb');
  expect(paint('a\n', 'bonus', full).endsWith('\n')).toBe(true);
});

test('the legend names every origin and how it looks', () => {
  const text = stripVTControlCharacters(legend(full));
  for (const origin of tokenOrigins) expect(text).toContain(`${origin} (`);
  expect(text).toContain('accepted (green, underlined)');
  expect(legend(none)).toBe('');
});

test('control characters cannot reach the terminal', () => {
  expect(printable('a\u001b[31mb\u0007\u009bc\td\r\ne\u0000')).toBe('a␛[31mb␇\ufffdc\td\ne␀');
});

test('a character split over tokens appears whole, with the last of them', () => {
  const record = makeRecord(2);
  const tokens = record.tokens.map((token, i) => ({ ...token, id: i }));
  const bytes = Buffer.from('ä');
  const pieces = [bytes.subarray(0, 1), bytes.subarray(1), Buffer.from('!')];
  const printer = new TokenPrinter();
  const text = printer.round(
    {
      ...record,
      tokens,
      pieces: pieces.map((piece, id) => ({ id, bytes: piece.toString('base64') })),
    },
    none,
  );
  expect(text).toBe('ä!');
  expect(printer.answers).toEqual(['ä!']);
  const first = tokens[0];
  if (first === undefined) throw new Error('the record has no token');
  printer.round({ ...record, tokens: [{ ...first, turn: 1, id: 2 }], pieces: [] }, none);
  expect(printer.answers).toEqual(['ä!', '!']);
});

test('tables align text to the left and numbers to the right', () => {
  expect(
    table([
      ['id', 'n'],
      ['long', 5],
      ['x', 123],
    ]),
  ).toBe('id    n\nlong    5\nx     123\n');
});
