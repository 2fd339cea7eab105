/** A run as JSON lines: `specula run --json` as it is decoded, `specula export` from the database. */
import type { EventData, EventName } from '#shared/contract/events.ts';
import type { Round } from '#shared/domain/round.ts';
import type { RunSummary } from '#shared/domain/run.ts';
import { acceptanceRate, decodeMs, mat, tokensPerSecond } from '#shared/metrics/totals.ts';
import type { Terminal } from './terminal.ts';
import { TokenPrinter } from './token-printer.ts';

/** What shows a run. */
export interface View {
  event<N extends EventName>(event: N, data: EventData<N>): void;
  end(summary: RunSummary, rounds: readonly Round[]): void;
}

/** Narrows an event's data by its name. */
export function isEvent<N extends EventName>(
  name: EventName,
  wanted: N,
  data: unknown,
): data is EventData<N> {
  return name === wanted && data !== undefined;
}

/** Lines `{event, data}`: turns and rounds as the contract's events, then the result. */
export class JsonView implements View {
  readonly #terminal: Pick<Terminal, 'out'>;
  readonly #printer = new TokenPrinter();

  constructor(terminal: Pick<Terminal, 'out'>) {
    this.#terminal = terminal;
  }

  event<N extends EventName>(event: N, data: EventData<N>): void {
    if (isEvent(event, 'run.round', data)) {
      this.#printer.round(data.record, { styled: false, coloured: false });
    } else if (event !== 'run.turn') return;
    this.#line(event, data);
  }

  end(summary: RunSummary): void {
    const { totals } = summary;
    const metrics = {
      mat: mat(totals),
      acceptanceRate: acceptanceRate(totals),
      tokensPerSecond: tokensPerSecond(totals),
      decodeMs: decodeMs(totals),
    };
    this.#line('result', { summary, metrics, answers: this.#printer.answers });
  }

  #line(event: string, data: unknown): void {
    this.#terminal.out(`${JSON.stringify({ event, data })}\n`);
  }
}
