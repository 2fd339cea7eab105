import { isLive, type RunSpec, type RunSummary } from '#shared/domain/run.ts';
import type { TypedCall } from '../rpc/dispatch.ts';
import type { Workbench } from '../workbench.ts';
import { isEvent } from './json-view.ts';

/** Makes one recorded run after the other and waits for each one's end. */
export class Runner {
  readonly #call: TypedCall;
  readonly #ended = new Map<string, RunSummary>();
  readonly #waiting = new Map<string, (summary: RunSummary) => void>();
  #runId: string | null = null;

  constructor(workbench: Workbench, call: TypedCall) {
    this.#call = call;
    workbench.subscribe((event, data) => {
      if (!isEvent(event, 'run.summary', data) || isLive(data.status)) return;
      this.#ended.set(data.id, data);
      this.#waiting.get(data.id)?.(data);
    });
  }

  /** The ended run, whatever its end. Rejects when it cannot start. */
  async run(spec: RunSpec): Promise<RunSummary> {
    const { runId } = await this.#call('runs.start', { spec, step: false });
    this.#runId = runId;
    const summary =
      this.#ended.get(runId) ??
      (await new Promise<RunSummary>((resolve) => this.#waiting.set(runId, resolve)));
    this.#runId = null;
    this.#waiting.delete(runId);
    return summary;
  }

  /** Stops the run that is going on, if any. */
  async stop(): Promise<void> {
    if (this.#runId !== null) await this.#call('runs.control', { runId: this.#runId, action: 'stop' });
  }
}
