/** One engine for the runs of a bench: each job is decoded to its end, and recorded where it has a run. */
import type { Fingerprint } from '#shared/domain/run.ts';
import type { EngineClient, EngineJob, RunEnd } from '../engine/client.ts';
import type { ForkEngine } from '../engine/host.ts';
import { createEngine } from '../engine/supervisor.ts';
import { errorMessage } from '../errors.ts';
import { RunRecorder } from '../rpc/run-recorder.ts';
import type { RunStore } from '../storage/run-store.ts';
import type { RunWriter } from '../storage/run-writer.ts';

export interface DecoderHost {
  readonly forkEngine: ForkEngine;
  /** folder for notes about a crash */
  readonly home: string;
  readonly version: string;
  readonly runs: RunStore;
  /** what the engine is doing while it starts and loads */
  readonly onWaiting: (detail: string) => void;
}

export class Decoder {
  readonly #engine: EngineClient;
  readonly #recorder: RunRecorder;
  #ended = Promise.withResolvers<RunEnd>();
  /** why a run could not be written to the database; null: none was lost */
  #lost: string | null = null;

  constructor(host: DecoderHost) {
    this.#recorder = new RunRecorder(
      host.runs,
      (event, data) => {
        if (event === 'run.summary' && 'status' in data && data.status === 'failed') this.#lost = data.reason;
      },
      (runId) => {
        // The engine may have ended the run by itself meanwhile: then there is nothing to stop.
        this.#engine.control(runId, { action: 'stop' }).catch(() => {});
      },
    );
    const recorder = this.#recorder;
    this.#engine = createEngine(
      { fork: host.forkEngine, home: host.home, appVersion: host.version },
      {
        status: ({ state, detail }) => {
          if (state === 'starting' || state === 'loading') host.onWaiting(detail);
        },
        fingerprint: (runId, fingerprint: Fingerprint) => recorder.fingerprint(runId, fingerprint),
        turn: (runId, turn) => recorder.turn(runId, turn),
        round: (runId, record) => recorder.round(runId, record),
        state: (runId, status) => recorder.state(runId, status),
        captured: () => {},
        takenBack: (runId, rounds, turn) => recorder.takenBack(runId, rounds, turn),
        end: (runId, end) => {
          recorder.end(runId, end);
          this.#ended.resolve(end);
        },
      },
    );
  }

  /** Decodes a job; with a writer its rounds are recorded. Never rejects. */
  async decode(job: Omit<EngineJob, 'runId'>, writer: RunWriter | null): Promise<RunEnd> {
    this.#ended = Promise.withResolvers();
    this.#lost = null;
    const runId = writer === null ? 'warm-up' : this.#recorder.follow(writer);
    try {
      await this.#engine.start({ ...job, runId });
    } catch (error) {
      const end: RunEnd = { status: 'failed', reason: errorMessage(error) };
      this.#recorder.end(runId, end);
      return end;
    }
    const end = await this.#ended.promise;
    return this.#lost === null || end.status === 'failed' ? end : { status: 'failed', reason: this.#lost };
  }

  /** Ends the live run, if there is one, and the engine. */
  async dispose(reason: string): Promise<void> {
    const { liveRunId } = this.#recorder;
    if (liveRunId !== null) this.#recorder.end(liveRunId, { status: 'stopped', reason });
    await this.#engine.dispose();
  }
}
