import type { RoundRecord } from '#shared/domain/round.ts';
import type { AnswerToken } from '#shared/domain/token.ts';
import { paint } from './origins.ts';
import { printable, type Terminal } from './terminal.ts';

/** Turns the rounds of a run into text. A character whose bytes are in several tokens shows with the last of them. */
export class TokenPrinter {
  readonly #pieces = new Map<number, Uint8Array>();
  readonly #answers: string[] = [];
  #decoder = new TextDecoder();
  #turn = -1;

  /** Text of a round's tokens, painted by origin; a turn after the first begins on a new line. */
  round(record: RoundRecord, abilities: Pick<Terminal, 'styled' | 'coloured'>): string {
    for (const piece of record.pieces) this.#pieces.set(piece.id, Buffer.from(piece.bytes, 'base64'));
    return record.tokens
      .map((token) => paint(printable(this.#text(token)), token.origin, abilities))
      .join('');
  }

  /** The answer of every turn so far, as the model gave it. */
  get answers(): readonly string[] {
    return this.#answers;
  }

  #text(token: AnswerToken): string {
    if (token.turn !== this.#turn) {
      this.#turn = token.turn;
      this.#decoder = new TextDecoder();
    }
    const text = this.#decoder.decode(this.#pieces.get(token.id) ?? new Uint8Array(), { stream: true });
    this.#answers[token.turn] = (this.#answers[token.turn] ?? '') + text;
    return text;
  }
}
