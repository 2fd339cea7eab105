import type { Terminal } from './terminal.ts';

/** One line on stderr that is overwritten: how many of several things are done, and about how long the rest takes. */
export class Progress {
  readonly #terminal: Terminal;
  readonly #total: number;
  readonly #what: string;
  readonly #now: () => number;
  #count = 0;
  #started: number | null = null;

  /** @param now milliseconds of a clock */
  constructor(
    terminal: Terminal,
    total: number,
    what = 'samples',
    now: () => number = () => performance.now(),
  ) {
    this.#terminal = terminal;
    this.#total = total;
    this.#what = what;
    this.#now = now;
  }

  /** Before the first thing: what there is to wait for. The time until then says nothing about the rest. */
  waiting(detail: string): void {
    if (this.#count > 0) return;
    this.#started = this.#now();
    this.#show(detail);
  }

  /** One more is done. */
  done(): void {
    this.#count++;
    const passed = this.#now() - (this.#started ?? this.#now());
    const left = (passed / this.#count) * (this.#total - this.#count);
    this.#show(`${this.#count} of ${this.#total} ${this.#what}, about ${duration(left)} left`);
  }

  clear(): void {
    this.#show('');
  }

  #show(text: string): void {
    if (this.#terminal.interactive) this.#terminal.err(`\r\u001b[2K${text}`);
  }
}

/** Milliseconds in the two largest units, e.g. "2 min 5 s". */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}
