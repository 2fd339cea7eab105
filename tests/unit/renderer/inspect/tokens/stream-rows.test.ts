import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  rowOfPlace,
  type StreamRow,
  streamRows,
} from '../../../../../src-renderer/features/inspect/tokens/stream-rows.ts';
import { answerText } from '../../../../../src-renderer/features/inspect/tokens/token-table.ts';
import { viewOfTexts } from '../a-run.ts';

/** Every character is as wide as one pixel. */
const measure = (text: string) => Array.from(text).length;
const rowsOf = (texts: readonly string[], width = 20, shown: ReadonlySet<number> | null = null) =>
  streamRows(viewOfTexts(texts), { width, measure, shown });

type TokenRow = Extract<StreamRow, { kind: 'tokens' }>;
const tokenRows = (rows: readonly StreamRow[]) =>
  rows.filter((row): row is TokenRow => row.kind === 'tokens');
const drawn = (rows: readonly StreamRow[]) =>
  tokenRows(rows).map((row) => row.pieces.map(({ text }) => text).join('|'));

describe('rows of the answer', () => {
  it('break before the word that does not fit, never within it', () => {
    expect(drawn(rowsOf(['The', ' quick', ' br', 'own', ' fox'], 20))).toEqual([
      'The| quick',
      ' br|own| fox',
    ]);
  });

  it('break anywhere between characters of scripts without spaces, and within what is longer than a row', () => {
    expect(drawn(rowsOf(['一二三四五', '六七八九十', '百'], 13))).toEqual(['一二三四五', '六七八九十|百']);
    expect(drawn(rowsOf(['abcdefgh', 'ijklmnop', 'q'], 16))).toEqual(['abcdefgh', 'ijklmnop|q']);
  });

  it('end at line breaks, several of them too, and mark them', () => {
    const rows = rowsOf(['if', ':\n\n', '    ', 'x', '\n'], 40);
    expect(drawn(rows)).toEqual(['if|:\n', '\n', '    |x|\n']);
    expect(tokenRows(rows).map((row) => row.pieces.map(({ mark }) => mark))).toEqual([
      ['', ''],
      [''],
      ['␣␣␣␣', '', '↵'],
    ]);
  });

  it('read from right to left where the paragraph begins so', () => {
    const rows = tokenRows(rowsOf(['שלום', ' עולם', '\n', 'hello', ' שלום', '\n', '12', ' مرحبا'], 40));
    expect(rows.map((row) => row.rtl)).toEqual([true, false, true]);
  });

  it('have every token once and in order, whatever the texts and the width are', () => {
    const texts = fc.array(
      fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom(' a', '\n', ' \n\n x', '')),
    );
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 60 }), (words, width) => {
        const view = viewOfTexts(words);
        const rows = streamRows(view, { width, measure, shown: null });
        const pieces = tokenRows(rows).flatMap((row) => row.pieces);
        expect(pieces.map(({ text }) => text).join('')).toBe(answerText(view));
        expect([...new Set(pieces.map(({ place }) => place))]).toEqual(words.map((_, i) => i));
        expect(pieces.map(({ place }) => place)).toEqual(
          pieces.map(({ place }) => place).toSorted((a, b) => a - b),
        );
        for (const [place] of words.entries()) {
          const row = rows[rowOfPlace(rows, place)];
          expect(row?.kind === 'tokens' && row.pieces.some((piece) => piece.place === place)).toBe(true);
        }
        expect(tokenRows(rows).filter((row) => row.end)).toHaveLength(1);
      }),
    );
  });

  it('are narrowed to what is shown', () => {
    expect(drawn(rowsOf(['a', ' b', ' c'], 40, new Set([1])))).toEqual([' b']);
    expect(rowOfPlace(rowsOf(['a', ' b'], 40, new Set([1])), 0)).toBe(-1);
  });

  it('stand under the question of their turn, also before its first token', () => {
    const rows = streamRows(viewOfTexts([]), { width: 9, measure, shown: null });
    expect(rows.map((row) => row.kind)).toEqual(['question', 'tokens']);
  });
});
