/**
 * Breaks the answer into rows of a known height, so that only those in sight are drawn: 10,000 tokens cost as much as
 * a screenful. Rows end at line breaks, else before the last word that does not fit. Widths come from `measure`.
 */
import type { RunView } from '../model/run-view.ts';
import { type TokenText, tokenTexts } from '../model/token-rows.ts';
import { visibleText } from '../model/visible-text.ts';

/** A token, or the part of one between two line breaks. */
export interface Piece {
  /** place of the token in the run */
  readonly place: number;
  /** texts of all pieces joined are the answer */
  readonly text: string;
  /** drawn before the text, or in place of a blank one */
  readonly mark: string;
  readonly kind: TokenText['kind'];
}

export type StreamRow =
  | { readonly kind: 'question'; readonly turn: number }
  | {
      readonly kind: 'tokens';
      readonly turn: number;
      readonly pieces: readonly Piece[];
      /** the paragraph reads from right to left */
      readonly rtl: boolean;
      /** the turn's last row */
      readonly end: boolean;
    };

export type Measure = (text: string) => number;

export interface RowOptions {
  /** room for tokens, CSS pixels */
  readonly width: number;
  readonly measure: Measure;
  /** places that are shown; null: all */
  readonly shown: ReadonlySet<number> | null;
}

/** Drawn where a token breaks the line. */
export const lineBreak = '↵';
/** Marks are drawn smaller than text. */
const markScale = 0.85;
/** What a round's first token needs beside its text: a gap and a bar. */
const roundStart = 6;

/** Rows of all turns, each under its question. A turn without tokens has one empty row. */
export function streamRows(view: RunView, options: RowOptions): StreamRow[] {
  const rows: StreamRow[] = [];
  const turns = new Set([...view.turns.map((t) => t.index), ...view.tokens.map((t) => t.turn)]);
  let from = 0;
  for (const turn of [...turns].sort((a, b) => a - b)) {
    let to = from;
    while (view.tokens[to]?.turn === turn) to += 1;
    rows.push({ kind: 'question', turn });
    const texts = tokenTexts(view.tokens.slice(from, to), view.vocabulary);
    const breaker = new RowBreaker(turn, options);
    for (const [i, text] of texts.entries()) {
      if (options.shown?.has(from + i) === false) continue;
      breaker.add(from + i, text, view.tokens[from + i]?.rowNode === 0);
    }
    rows.push(...breaker.end());
    from = to;
  }
  return rows;
}

class RowBreaker {
  readonly #turn: number;
  readonly #options: RowOptions;
  readonly #rows: StreamRow[] = [];
  #row: Piece[] = [];
  #widths: number[] = [];
  #width = 0;
  /** index in the row of the last piece that a row may begin with */
  #wordStart = 0;
  /** rows and text of the paragraph, whose direction is known at its end */
  #paragraph: Piece[][] = [];
  #direction: boolean | null = null;

  constructor(turn: number, options: RowOptions) {
    this.#turn = turn;
    this.#options = options;
  }

  add(place: number, { text, mark, kind }: TokenText, first: boolean): void {
    const lines = text.includes('\n') ? text.split('\n') : [text];
    for (const [i, line] of lines.entries()) {
      const breaks = i < lines.length - 1;
      if (!breaks && i > 0 && line === '') return;
      const blank = kind === 'blank' ? `${visibleText(line)}${breaks ? lineBreak : ''}` : mark;
      const gap = first && i === 0 ? roundStart : 0;
      this.#put({ place, text: breaks ? `${line}\n` : line, mark: blank, kind }, line, gap);
      if (breaks) this.#closeParagraph();
    }
  }

  end(): StreamRow[] {
    this.#closeParagraph();
    const last = this.#rows.at(-1);
    if (last === undefined) return [{ kind: 'tokens', turn: this.#turn, pieces: [], rtl: false, end: true }];
    if (last.kind === 'tokens') this.#rows[this.#rows.length - 1] = { ...last, end: true };
    return this.#rows;
  }

  #put(piece: Piece, line: string, gap: number): void {
    const { measure, width } = this.#options;
    const own =
      (piece.kind === 'blank' ? 0 : measure(line)) +
      (piece.mark === '' ? 0 : measure(piece.mark) * markScale) +
      (piece.kind !== 'blank' && piece.text.endsWith('\n') ? measure(lineBreak) * markScale : 0) +
      gap;
    this.#direction ??= directionOf(line);
    const starts = startsWord(piece, this.#row.at(-1));
    if (this.#row.length > 0 && this.#width + own > width) {
      this.#breakAt(starts || this.#wordStart === 0 ? this.#row.length : this.#wordStart);
    }
    if (starts || this.#row.length === 0) this.#wordStart = this.#row.length;
    this.#row.push(piece);
    this.#widths.push(own);
    this.#width += own;
  }

  #breakAt(at: number): void {
    this.#paragraph.push(this.#row.slice(0, at));
    this.#row = this.#row.slice(at);
    this.#widths = this.#widths.slice(at);
    this.#width = this.#widths.reduce((a, b) => a + b, 0);
    this.#wordStart = 0;
  }

  #closeParagraph(): void {
    if (this.#row.length > 0) this.#breakAt(this.#row.length);
    const rtl = this.#direction === true;
    for (const pieces of this.#paragraph) {
      this.#rows.push({ kind: 'tokens', turn: this.#turn, pieces, rtl, end: false });
    }
    this.#paragraph = [];
    this.#direction = null;
  }
}

/** Whether a row may begin with a piece: at a space, after one, and between characters of scripts without spaces. */
function startsWord(piece: Piece, before: Piece | undefined): boolean {
  if (before === undefined) return true;
  return /^\s/.test(piece.text) || /\s$/.test(before.text) || unspaced.test(piece.text);
}

const unspaced =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Extended_Pictographic}]/u;
const strong = /\p{L}/u;
const rightToLeft = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/** True for right to left, false for left to right, by the first letter; null without one. */
function directionOf(text: string): boolean | null {
  const letter = strong.exec(text)?.[0];
  return letter === undefined ? null : rightToLeft.test(letter);
}

/** Row of a token's first piece, -1 where it is not shown. */
export function rowOfPlace(rows: readonly StreamRow[], place: number): number {
  return rows.findIndex((row) => row.kind === 'tokens' && row.pieces.some((piece) => piece.place === place));
}
