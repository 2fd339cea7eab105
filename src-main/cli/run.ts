/** `specula run`: one sample, decoded and recorded as in the window, printed as it comes. */
import type { EventData, EventName } from '#shared/contract/events.ts';
import type { Round } from '#shared/domain/round.ts';
import { isLive, type RunSpec, type RunSummary, type Turn } from '#shared/domain/run.ts';
import { type TypedCall, typedCall } from '../rpc/dispatch.ts';
import type { Workbench } from '../workbench.ts';
import { exitCodes } from './exit.ts';
import { isEvent, JsonView, type View } from './json-view.ts';
import { legend } from './origins.ts';
import { report } from './report.ts';
import type { RunOptions } from './run-options.ts';
import { runSpec } from './run-spec.ts';
import { printable, type Terminal } from './terminal.ts';
import { TokenPrinter } from './token-printer.ts';

/** @param onInterrupt registers what Ctrl+C does */
export async function run(
  options: RunOptions,
  workbench: Workbench,
  terminal: Terminal,
  onInterrupt: (stop: () => void) => void,
): Promise<number> {
  const call = typedCall(workbench.call);
  const spec = await runSpec(options, call);
  if (spec.projector === null) {
    terminal.err(`Without a projector ${spec.target} does not see the image. Give one with --projector.\n`);
  }
  const view: View = options.json ? new JsonView(terminal) : new TextView(terminal);
  const ended = Promise.withResolvers<RunSummary>();
  const rounds: Round[] = [];
  workbench.subscribe((event, data) => {
    view.event(event, data);
    if (isEvent(event, 'run.round', data)) rounds.push(data.record.round);
    if (isEvent(event, 'run.summary', data) && !isLive(data.status)) ended.resolve(data);
  });
  const runId = await startRun(call, spec, onInterrupt);
  if (runId === null) return exitCodes.interrupted;
  let interrupted = false;
  onInterrupt(() => {
    interrupted = true;
    stop(call, runId, terminal);
  });
  const summary = await ended.promise;
  view.end(summary, rounds);
  if (summary.status === 'done') return exitCodes.ok;
  if (interrupted && summary.status === 'stopped') return exitCodes.interrupted;
  terminal.err(`Run ${runId} ${summary.status}: ${summary.reason ?? 'no reason was given'}\n`);
  return exitCodes.failure;
}

/** The new run's id; null when Ctrl+C came first: then closing the workbench ends what there is of the run. */
async function startRun(
  call: TypedCall,
  spec: RunSpec,
  onInterrupt: (stop: () => void) => void,
): Promise<string | null> {
  const interrupt = Promise.withResolvers<null>();
  onInterrupt(() => interrupt.resolve(null));
  const start = call('runs.start', { spec, step: false }).then(({ runId }) => runId);
  // After an interrupt nobody waits for it any more: a workbench that is being closed turns it down.
  start.catch(() => {});
  return await Promise.race([start, interrupt.promise]);
}

function stop(call: TypedCall, runId: string, terminal: Terminal): void {
  call('runs.control', { runId, action: 'stop' }).catch((error: unknown) => {
    // It ended by itself in the meantime, or the engine is gone: both come as the run's end.
    terminal.err(`${error instanceof Error ? error.message : String(error)}\n`);
  });
}

class TextView implements View {
  readonly #terminal: Terminal;
  readonly #printer = new TokenPrinter();
  readonly #turns: Turn[] = [];
  #detail = '';

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  event<N extends EventName>(event: N, data: EventData<N>): void {
    const { out } = this.#terminal;
    if (isEvent(event, 'engine.status', data)) {
      const waiting = data.state === 'starting' || data.state === 'loading';
      this.#progress(waiting ? data.detail : '');
    } else if (isEvent(event, 'run.turn', data)) {
      this.#turnEvent(data.turn);
    } else if (isEvent(event, 'run.round', data)) {
      out(this.#printer.round(data.record, this.#terminal));
    }
  }

  end(summary: RunSummary, rounds: readonly Round[]): void {
    this.#progress('');
    this.#terminal.out(`\n\n${report(summary, this.#turns, rounds)}`);
  }

  /** A turn comes when its prompt was evaluated, and again when it ended. */
  #turnEvent(turn: Turn): void {
    const isNew = this.#turns[turn.index] === undefined;
    this.#turns[turn.index] = turn;
    if (!isNew) return;
    this.#progress('');
    this.#terminal.out(turn.index === 0 ? legend(this.#terminal) : '\n');
    this.#terminal.out(`> ${printable(turn.user)}\n`);
  }

  /** One line on stderr that is overwritten; empty: cleared. */
  #progress(detail: string): void {
    if (!this.#terminal.interactive || detail === this.#detail) return;
    this.#detail = detail;
    this.#terminal.err(`\r\u001b[2K${detail}`);
  }
}
