import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { NativeModel } from '../../src-main/engine/native/surface.ts';
import { Outbox } from '../../src-main/engine/outbox.ts';
import type { Storage } from '../../src-main/storage/storage.ts';
import type { RoundRecord } from '../../src-shared/domain/round.ts';
import { autoEngine, greedy, type RunSpec } from '../../src-shared/domain/run.ts';
import type { Sample } from '../../src-shared/domain/sample.ts';
import { type Decoded, decode } from './bench-models.ts';
import type { BenchPrompt } from './prompts.ts';

export const benchSample: Sample = {
  id: 'bench',
  image: 'bench.png',
  turns: ['?'],
  category: 'bench',
  topic: 'bench',
};

export const benchSpec: RunSpec = {
  dataSetId: 'bench',
  sampleId: 'bench',
  target: 'specula-tiny-target',
  projector: 'specula-tiny-mmproj',
  draft: null,
  draftProjector: null,
  method: { name: 'ar' },
  gate: { mode: 'off', threshold: 0.35 },
  sampling: greedy,
  maxTokens: 1000,
  systemPrompt: null,
  capture: { layers: 'last' },
  engine: autoEngine,
};

/** Decodes one prompt for `rounds` rounds, ignoring the end of text, and stores the run. Returns its id. */
export async function storedRun(
  storage: Storage,
  target: NativeModel,
  prompt: BenchPrompt | undefined,
  rounds: number,
): Promise<string> {
  if (!prompt) throw new Error('no sample to decode');
  const writer = storage.runs.create(benchSpec, benchSample);
  const how = {
    method: { name: 'ar' },
    gate: { mode: 'off', threshold: 0.35 },
    maxTokens: rounds,
    layers: [target.info.layers - 1],
    endTokens: new Set<number>(),
  } as const;
  await decode(target, null, prompt.target, prompt.text, how, (record) => writer.round(record));
  writer.end('done', null);
  return writer.summary.id;
}

/** A recorder process (recorder.ts) that takes rounds as the workbench's server does. */
export class Recorder {
  readonly #child: ChildProcess = fork(fileURLToPath(new URL('./recorder.ts', import.meta.url)), [], {
    serialization: 'advanced',
  });
  #runs = 0;

  /** Decodes with every round sent to the recorder; waits, untimed, until all are written. */
  async time(run: (onRecord: (record: RoundRecord) => void) => Promise<Decoded>): Promise<Decoded> {
    const runId = `bench-${this.#runs++}`;
    const out = new Outbox((message) => this.#child.send(message));
    const decoded = await run((record) => out.round(runId, record));
    const written = once(this.#child, 'message');
    out.send({ kind: 'end', runId, status: 'done', reason: null });
    await written;
    return decoded;
  }

  close(): void {
    this.#child.disconnect();
  }
}
