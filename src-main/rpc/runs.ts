import { type GateSpec, gateProblem, readsScore } from '#shared/domain/gate.ts';
import type { CaptureSpec, RunSpec } from '#shared/domain/run.ts';
import { errorMessage } from '../errors.ts';
import { decodeImage } from '../images/pixels.ts';
import { readDecoderMetadata } from '../models/metadata.ts';
import type { Context } from './context.ts';
import type { Handlers } from './dispatch.ts';
import { ExpectedError, expected } from './expected.ts';

type Names = 'runs.list' | 'runs.open' | 'runs.round' | 'runs.delete' | 'runs.start' | 'runs.control';

export function runHandlers(context: Context): Pick<Handlers, Names> {
  const { storage, engine, recorder, emit } = context;
  /** set while a run is being prepared, before it exists */
  let preparing = false;
  return {
    'runs.list': () => {
      // Another process, such as the command line, may have died since.
      storage.runs.markCrashed();
      return storage.runs.list();
    },
    'runs.open': ({ runId }) => {
      const run = storage.runs.open(runId);
      if (run === null) throw noRun(runId);
      return run;
    },
    'runs.round': ({ runId, index }) => {
      const round = storage.runs.round(runId, index);
      if (round !== null) return round;
      throw storage.runs.summary(runId) === null
        ? noRun(runId)
        : new ExpectedError(`Run ${runId} has no round ${index}.`);
    },
    'runs.delete': ({ runIds }) => {
      storage.runs.delete(runIds);
      emit('runs.deleted', { runIds });
      return {};
    },
    'runs.start': async ({ spec, step }) => {
      if (recorder.liveRunId !== null) {
        throw new ExpectedError(
          `Run ${recorder.liveRunId} is still live: stop it, or wait for its end, before starting another.`,
        );
      }
      if (preparing) throw new ExpectedError('Another run is just being started: wait for it.');
      preparing = true;
      try {
        return { runId: await start(context, spec, step) };
      } finally {
        preparing = false;
      }
    },
    'runs.control': async ({ runId, action }) => {
      const run = storage.runs.summary(runId);
      if (run === null) throw noRun(runId);
      if (recorder.liveRunId !== runId) {
        throw new ExpectedError(
          run.status === 'running' || run.status === 'paused'
            ? `Run ${runId} belongs to another Specula process: ${action} it there.`
            : `Run ${runId} has ended (${run.status}), so it cannot ${action}.`,
        );
      }
      await expected(engine.control(runId, action));
      return {};
    },
  };
}

async function start(context: Context, spec: RunSpec, step: boolean): Promise<string> {
  const { dataSets, models, engine, recorder } = context;
  checkSpec(spec);
  const sample = await dataSets.sample(spec.dataSetId, spec.sampleId);
  const { files, hashes } = await models.resolve(spec);
  checkScore(spec.gate, spec.capture, await readDecoderMetadata(files.target));
  const image = await decodeImage(await dataSets.imageFile(spec.dataSetId, sample));
  const runId = recorder.begin(spec, sample);
  try {
    await engine.start({ runId, spec, sample, image, files, hashes, startPaused: step });
  } catch (error) {
    recorder.end(runId, { status: 'failed', reason: errorMessage(error) });
    throw new ExpectedError(`The run cannot start: ${errorMessage(error)}`, null, { cause: error });
  }
  return runId;
}

function checkSpec(spec: RunSpec): void {
  const problem = gateProblem(spec);
  if (problem !== null) throw new ExpectedError(problem);
}

/** The score's layer and head must exist in the target, and the layer be captured. */
function checkScore(
  { mode, layer, heads }: GateSpec,
  { layers: captured }: CaptureSpec,
  target: { readonly layers: number; readonly heads: number },
): void {
  if (!readsScore(mode)) return;
  const last = target.layers - 1;
  if (layer !== undefined && layer > last) {
    throw new ExpectedError(`The gate reads layer ${layer}, but the target has layers 0 to ${last} only.`);
  }
  if (layer !== undefined && layer < last && captured === 'last') {
    throw new ExpectedError(
      `The gate reads layer ${layer}, but only the last layer (${last}) is captured: capture all layers, or let the gate read the last one.`,
    );
  }
  if (typeof heads === 'number' && heads >= target.heads) {
    throw new ExpectedError(
      `The gate reads head ${heads}, but the target has heads 0 to ${target.heads - 1} only.`,
    );
  }
}

function noRun(runId: string): ExpectedError {
  return new ExpectedError(`There is no run ${runId}: it was deleted, or its id is mistyped.`);
}
