/** A real workbench with the real engine on a home folder of its own, and a record of its events. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventData, EventName } from '#shared/contract/events.ts';
import { defaultMethod } from '#shared/domain/method.ts';
import { autoEngine, greedy, isLive, type RunSpec, type RunSummary } from '#shared/domain/run.ts';
import { type EngineProcess, forkNodeEngine } from '../../../src-main/engine/host.ts';
import { type TypedCall, typedCall } from '../../../src-main/rpc/dispatch.ts';
import { root } from '../../../src-main/serve.ts';
import { createWorkbench, type Workbench } from '../../../src-main/workbench.ts';
import { builtIn } from '../../fixtures/samples.ts';

export interface Recorded {
  readonly event: EventName;
  readonly data: EventData<EventName>;
}

export class Bench {
  readonly home: string;
  workbench: Workbench;
  call: TypedCall;
  events: Recorded[] = [];
  engine: EngineProcess | null = null;
  readonly #waiting = new Set<() => void>();

  constructor() {
    this.home = mkdtempSync(join(tmpdir(), 'specula-bench-'));
    this.workbench = this.#open();
    this.call = typedCall(this.workbench.call);
  }

  #open(): Workbench {
    const workbench = createWorkbench({
      host: 'browser',
      home: this.home,
      root,
      version: 'test',
      forkEngine: () => {
        this.engine = forkNodeEngine();
        return this.engine;
      },
    });
    workbench.subscribe((event, data) => {
      this.events.push({ event, data });
      for (const check of [...this.#waiting]) check();
    });
    return workbench;
  }

  /** Ends the workbench and starts another one on the same home. */
  async reopen(): Promise<void> {
    await this.workbench.dispose();
    this.events = [];
    this.workbench = this.#open();
    this.call = typedCall(this.workbench.call);
  }

  of<N extends EventName>(name: N): EventData<N>[] {
    return this.events.filter((e) => e.event === name).map((e) => e.data as EventData<N>);
  }

  /** Resolves once the condition holds; checked at every event. */
  until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (!condition()) return;
        this.#waiting.delete(check);
        resolve();
      };
      this.#waiting.add(check);
      check();
    });
  }

  latest(runId: string): RunSummary | undefined {
    return this.of('run.summary').findLast((summary) => summary.id === runId);
  }

  async ended(runId: string): Promise<RunSummary> {
    const summary = (): RunSummary | undefined => this.latest(runId);
    await this.until(() => !isLive(summary()?.status ?? 'running'));
    return summary() as RunSummary;
  }

  async close(): Promise<void> {
    await this.workbench.dispose();
    rmSync(this.home, { recursive: true, force: true });
  }
}

/** The built-in models on a built-in sample. */
export function builtInSpec(change: Partial<RunSpec> = {}): RunSpec {
  return {
    dataSetId: builtIn,
    sampleId: 'specula_001',
    target: 'specula-tiny-target',
    projector: 'specula-tiny-mmproj',
    draft: 'specula-tiny-draft-text',
    draftProjector: null,
    method: defaultMethod('draft-model'),
    gate: { mode: 'probe', threshold: 0.35 },
    sampling: greedy,
    maxTokens: 64,
    systemPrompt: null,
    capture: { layers: 'last' },
    engine: { ...autoEngine, gpu: 'cpu', threads: 1 },
    ...change,
  };
}
