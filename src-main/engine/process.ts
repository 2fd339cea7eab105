/** Entry of the engine process: loads the native addon and decodes one job at a time. */

import type { ProjectorGeometry } from '../../src-shared/domain/geometry.ts';
import { errorMessage } from '../errors.ts';
import { readModelMetadata } from '../models/metadata.ts';
import type { EngineJob, RecaptureJob } from './client.ts';
import { RunControl } from './control.ts';
import { draftOnce } from './draft-once.ts';
import { runJob } from './job.ts';
import { type FromEngine, type ToEngine, toEngineSchema } from './messages.ts';
import { loadNative } from './native/load.ts';
import { Outbox } from './outbox.ts';
import { engineParent } from './parent.ts';
import { recapture } from './recapture.ts';
import { refusalOf } from './refusal.ts';
import { Session } from './session.ts';

const parent = engineParent();
const out = new Outbox((message) => parent.post(message));
const emit = (message: FromEngine): void => out.send(message);

let session: Session | null = null;
let control: RunControl | null = null;
let running: Promise<void> = Promise.resolve();

async function init(message: Extract<ToEngine, { kind: 'init' }>): Promise<void> {
  try {
    const native = await loadNative({
      gpu: message.gpu === 'cpu' ? false : message.gpu,
      crashFile: message.crashFile,
      onLog: (level, text) => {
        if (level >= 3) for (const line of text.trimEnd().split('\n')) emit({ kind: 'log', line });
      },
    });
    session = new Session(
      {
        addon: native.addon,
        variant: native.variant,
        release: native.release,
        physicalCores: native.physicalCores,
        appVersion: message.appVersion,
      },
      (what, progress) => emit({ kind: 'loading', what, progress }),
    );
    emit({
      kind: 'ready',
      variant: native.variant,
      release: native.release,
      devices: [...native.system.devices],
    });
  } catch (error) {
    emit({ kind: 'unavailable', reason: errorMessage(error) });
  }
}

function start(job: EngineJob): void {
  const { runId } = job;
  let cancel = (): void => {};
  const current = new RunControl({
    startPaused: job.startPaused,
    breakpoints: job.debug?.breakpoints ?? [],
    stopAt: job.debug?.stopAt ?? null,
    plain: job.debug?.plain ?? null,
    onState: (status, hit) => emit({ kind: 'state', runId, status, hit }),
    onStop: () => cancel(),
  });
  work(runId, current, async (ready) => {
    const loaded = await ready.prepare(job);
    cancel = () => {
      loaded.target.cancel();
      loaded.draft?.cancel();
    };
    emit({ kind: 'fingerprint', runId, fingerprint: loaded.fingerprint });
    return runJob(job, loaded, await projectorOf(job), current, out);
  });
}

function captureAgain(job: RecaptureJob): void {
  let cancel = (): void => {};
  const current = new RunControl({
    startPaused: false,
    breakpoints: [],
    stopAt: null,
    plain: null,
    onState: () => {},
    onStop: () => cancel(),
  });
  work(job.runId, current, async (ready) => {
    const loaded = await ready.prepare(job);
    cancel = () => loaded.target.cancel();
    return recapture(job, loaded, current, emit);
  });
}

type End = Pick<Extract<FromEngine, { kind: 'end' }>, 'status' | 'reason'>;

/**
 * Does a run's work after what is going on, and reports how it ended. Its control is there from now on: a stop that comes
 * with the same batch of messages must not be lost.
 */
function work(runId: string, current: RunControl, run: (ready: Session) => Promise<End>): void {
  control = current;
  running = running.then(async () => {
    try {
      if (session === null) throw new Error('the engine is not ready');
      emit({ kind: 'end', runId, ...(await run(session)) });
    } catch (error) {
      if (current.stopped) emit({ kind: 'end', runId, status: 'stopped', reason: 'stopped by the user' });
      else emit({ kind: 'end', runId, status: 'failed', reason: errorMessage(error) });
    } finally {
      if (control === current) control = null;
    }
  });
}

/** Null: the target sees no image. */
async function projectorOf({ files }: EngineJob): Promise<ProjectorGeometry | null> {
  const metadata = files.projector === null ? null : await readModelMetadata(files.projector);
  return metadata?.role === 'projector' ? metadata.geometry : null;
}

async function draft({ request, job }: Extract<ToEngine, { kind: 'draft-once' }>): Promise<void> {
  try {
    if (session === null) throw new Error('the engine is not ready');
    const loaded = await session.prepare(job);
    const record = await draftOnce(job, loaded, await projectorOf(job));
    emit({ kind: 'drafted', request, fingerprint: loaded.fingerprint, record });
  } catch (error) {
    emit({ kind: 'request-failed', request, reason: errorMessage(error) });
  }
}

/** Tokenising works beside a run; loading the model for it has to wait for the run's end. */
async function tokenize({ request, job, text }: Extract<ToEngine, { kind: 'tokenize' }>): Promise<void> {
  try {
    if (session === null) throw new Error('the engine is not ready');
    let target = session.targetOf(job);
    if (target === null && control !== null) {
      throw new Error('another target is loaded for the run that is going on: wait for its end');
    }
    target ??= (await session.prepare(job)).target;
    const ids = target.tokenize(text, { addSpecial: false, parseSpecial: false });
    const bytes = target.pieces(ids);
    const pieces = Array.from(ids, (id, i) => ({
      id,
      bytes: Buffer.from(bytes[i] ?? []).toString('base64'),
    }));
    emit({ kind: 'tokens', request, pieces });
  } catch (error) {
    emit({ kind: 'request-failed', request, reason: errorMessage(error) });
  }
}

// Ctrl+C in a terminal reaches the whole process group; the workbench decides what becomes of the run.
process.on('SIGINT', () => {});

parent.onMessage((raw) => {
  const parsed = toEngineSchema.safeParse(raw);
  if (!parsed.success) {
    emit(refusalOf(raw, parsed.error));
    return;
  }
  const message = parsed.data;
  if (message.kind === 'init') running = init(message);
  else if (message.kind === 'start') start(message.job);
  else if (message.kind === 'recapture') captureAgain(message.job);
  else if (message.kind === 'control') control?.apply(message.command);
  else if (message.kind === 'tokenize') {
    if (control !== null) void tokenize(message);
    else running = running.then(() => tokenize(message));
  } else if (message.kind === 'draft-once') running = running.then(() => draft(message));
  else {
    control?.apply({ action: 'stop' });
    running = running.then(() => session?.dispose()).finally(() => process.exit(0));
  }
});
