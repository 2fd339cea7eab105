/** A model's own answers, put together from what the engine reports of a run. */
import { required } from '#shared/domain/assert.ts';
import type { RoundRecord } from '#shared/domain/round.ts';
import type { Turn } from '#shared/domain/run.ts';

export interface ModelToken {
  readonly bytes: Uint8Array;
  /** share of the last layer's attention (mean over heads) on image tokens, in the row that yielded it; null: no image */
  readonly imageShare: number | null;
  /** whether the draft proposed this very token after the same text; null: it was not asked here */
  readonly guessed: boolean | null;
}

/** The answer to one turn. */
export interface ModelAnswer {
  readonly text: string;
  /** without the token that ended the text */
  readonly tokens: readonly ModelToken[];
  /** with it */
  readonly tokenCount: number;
  readonly endedBy: NonNullable<Turn['endedBy']>;
}

/** Collects the answers of one run. */
export class AnswerCollector {
  readonly #turns: Turn[] = [];
  readonly #tokens: ModelToken[][] = [];
  readonly #pieces = new Map<number, Uint8Array>();

  turn(turn: Turn): void {
    this.#turns[turn.index] = turn;
  }

  round(record: RoundRecord): void {
    for (const { id, bytes } of record.pieces) this.#pieces.set(id, Buffer.from(bytes, 'base64'));
    for (const { turn, id, rowNode, score } of record.tokens) {
      this.#tokens[turn] ??= [];
      this.#tokens[turn].push({
        bytes: required(this.#pieces.get(id), `the bytes of token ${id}`),
        imageShare: score,
        guessed: guessed(record, rowNode, id),
      });
    }
  }

  /** The answers, one per turn; the run must be done. */
  answers(): ModelAnswer[] {
    return this.#turns.map(({ index, endedBy }) => {
      const all = this.#tokens[index] ?? [];
      const tokens = endedBy === 'end-of-text' ? all.slice(0, -1) : all;
      return {
        text: new TextDecoder().decode(Buffer.concat(tokens.map(({ bytes }) => bytes))),
        tokens,
        tokenCount: all.length,
        endedBy: required(endedBy, `the end of turn ${index}`),
      };
    });
  }
}

/** Whether the draft had the token among what it proposed at a node; null when it proposed nothing there. */
function guessed({ tree }: RoundRecord, node: number, id: number): boolean | null {
  const proposed = tree.tokens.filter((_, i) => i > 0 && i < tree.verified && tree.parents[i] === node);
  return proposed.length === 0 ? null : proposed.includes(id);
}
