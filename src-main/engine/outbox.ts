import type { RoundRecord } from '../../src-shared/domain/round.ts';
import type { FromEngine } from './messages.ts';

/** Rounds travel together for at most this long, milliseconds: a screen's frame, so nobody sees the difference. */
const frameMs = 16;

/**
 * The engine process's messages, in order. Rounds that follow each other within a frame share one message: with a
 * small model a round takes a third of a millisecond, and a message of its own would cost a sixth of that.
 */
export class Outbox {
  readonly #post: (message: FromEngine) => void;
  #runId = '';
  #rounds: RoundRecord[] = [];
  #lastPosted = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(post: (message: FromEngine) => void) {
    this.#post = post;
  }

  /** Posts a message at once, after the rounds that wait. */
  send(message: FromEngine): void {
    this.#flush();
    this.#post(message);
  }

  round(runId: string, record: RoundRecord): void {
    this.#runId = runId;
    this.#rounds.push(record);
    const wait = this.#lastPosted + frameMs - performance.now();
    if (wait <= 0) this.#flush();
    // A long round must not hold back the ones before it.
    else this.#timer ??= setTimeout(() => this.#flush(), wait);
  }

  #flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#rounds.length === 0) return;
    const records = this.#rounds;
    this.#rounds = [];
    this.#lastPosted = performance.now();
    this.#post({ kind: 'rounds', runId: this.#runId, records });
  }
}
