import { methodLabel } from '#shared/domain/method.ts';
import type { RunSpec } from '#shared/domain/run.ts';
import type { EngineJob } from '../engine/client.ts';
import { decodeImage } from '../images/pixels.ts';
import type { Context } from './context.ts';
import type { Handlers } from './dispatch.ts';
import { ExpectedError, expected } from './expected.ts';
import { forkPoint } from './fork-point.ts';

type Handler = Pick<Handlers, 'runs.draftOnce'>;

/** "What would another method have drafted here": one round, decoded beside a run. */
export function draftOnceHandler({ storage, dataSets, models, engine, recorder }: Context): Handler {
  return {
    'runs.draftOnce': async ({ runId, round, ...change }) => {
      const run = storage.runs.open(runId);
      const sample = storage.runs.sample(runId);
      if (run === null || sample === null) {
        throw new ExpectedError(`There is no run ${runId}: it was deleted, or its id is mistyped.`);
      }
      if (recorder.liveRunId !== null) {
        throw new ExpectedError(
          `Run ${recorder.liveRunId} is still live and has the engine: stop it, or wait for its end, before drafting beside a run.`,
        );
      }
      if (change.method.name === 'ar') {
        throw new ExpectedError(
          `The method ${methodLabel(change.method)} drafts nothing: choose another one.`,
        );
      }
      const there = run.rounds[round];
      if (there === undefined) {
        throw new ExpectedError(`Run ${runId} has no round ${round}: it has ${run.rounds.length}.`);
      }
      if (there.firstToken === 0) {
        throw new ExpectedError(
          `Round ${round} is the prompt's own row, before which nothing can be drafted: choose a later round.`,
        );
      }
      // A fork has its earlier rounds from another run, with its own settings.
      const own = run.segments.findLast(({ from }) => from <= round)?.spec ?? run.summary.spec;
      const spec: RunSpec = {
        ...own,
        ...change,
        gate: { mode: 'off', threshold: own.gate.threshold },
      };
      const { start } = forkPoint(run, round, spec, sample, null);
      const { files, hashes } = await models.resolve(spec);
      const image = await decodeImage(await dataSets.imageFile(spec.dataSetId, sample));
      const job: EngineJob = {
        runId,
        spec,
        sample,
        image,
        files,
        hashes,
        startPaused: false,
        debug: { breakpoints: [], stopAt: null, plain: null, start },
      };
      return expected(engine.draftOnce(job));
    },
  };
}
