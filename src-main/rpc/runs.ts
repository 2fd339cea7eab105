import { comparesWithPlain } from '#shared/domain/breakpoint.ts';
import type { TokenPiece } from '#shared/domain/round.ts';
import type { RunSpec, RunSummary } from '#shared/domain/run.ts';
import type { RunCommand } from '../engine/client.ts';
import type { Context } from './context.ts';
import type { Handlers } from './dispatch.ts';
import { ExpectedError, expected } from './expected.ts';
import { describeFork, forkPoint, withQuestions } from './fork-point.ts';
import { plainAnswers } from './plain-run.ts';
import { captureAgain } from './recapture.ts';
import { startRun } from './run-starter.ts';

type Names =
  | 'runs.list'
  | 'runs.open'
  | 'runs.round'
  | 'runs.attention'
  | 'runs.heads'
  | 'runs.capture'
  | 'runs.delete'
  | 'runs.start'
  | 'runs.control'
  | 'runs.runTo'
  | 'runs.back'
  | 'runs.breakpoints'
  | 'runs.fork'
  | 'runs.tokenize';

export function runHandlers(context: Context): Pick<Handlers, Names> {
  const { storage, engine, recorder, recaptures, emit, dataSets, models } = context;
  /** set while a run is being prepared, before it exists */
  let preparing = false;

  /** One run at a time, from its preparation on. */
  async function alone<T>(prepare: () => Promise<T>): Promise<T> {
    if (recorder.liveRunId !== null) {
      throw new ExpectedError(
        `Run ${recorder.liveRunId} is still live: stop it, or wait for its end, before starting another.`,
      );
    }
    if (recaptures.runId !== null) {
      throw new ExpectedError(
        `The attention of run ${recaptures.runId} is being read again: stop that, or wait for its end.`,
      );
    }
    if (preparing) throw new ExpectedError('Another run is just being started: wait for it.');
    preparing = true;
    try {
      return await prepare();
    } finally {
      preparing = false;
    }
  }

  /** The summary of the run that this process decodes. @throws ExpectedError for another one */
  function liveRun(runId: string, what: string): RunSummary {
    const run = storage.runs.summary(runId);
    if (run === null) throw noRun(runId);
    if (recorder.liveRunId === runId) return run;
    throw new ExpectedError(
      run.status === 'running' || run.status === 'paused'
        ? `Run ${runId} belongs to another Specula process: ${what} it there.`
        : `Run ${runId} has ended (${run.status}), so it cannot ${what}.`,
    );
  }

  async function command(runId: string, order: RunCommand): Promise<void> {
    liveRun(runId, order.action);
    await expected(engine.control(runId, order));
  }

  return {
    'runs.list': () => {
      // Another process, such as the command line, may have died since.
      storage.runs.markCrashed();
      return storage.runs.list();
    },
    'runs.open': ({ runId }) => {
      const run = storage.runs.packed(runId);
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
    'runs.attention': ({ runId, layer, head, from, count }) => {
      if (storage.runs.summary(runId) === null) throw noRun(runId);
      return storage.runs.maps(runId, { layer, head }, from, count);
    },
    'runs.heads': ({ runId, round, layer }) => {
      if (storage.runs.summary(runId) === null) throw noRun(runId);
      return storage.runs.heads(runId, round, layer);
    },
    'runs.capture': ({ runId, capture }) =>
      alone(async () => {
        const run = storage.runs.open(runId);
        if (run === null) throw noRun(runId);
        return await captureAgain(context, run, capture);
      }),
    'runs.delete': ({ runIds }) => {
      storage.runs.delete(runIds);
      emit('runs.deleted', { runIds });
      return {};
    },
    'runs.start': ({ spec, ...watch }) =>
      alone(async () => {
        const sample = await dataSets.sample(spec.dataSetId, spec.sampleId);
        return { runId: await startRun(context, spec, sample, watch) };
      }),
    'runs.control': async ({ runId, action }) => {
      if (recaptures.runId === runId && action === 'stop') {
        await expected(engine.control(runId, { action }));
        return {};
      }
      await command(runId, { action });
      return {};
    },
    'runs.runTo': async ({ runId, stopAt }) => {
      await command(runId, { action: 'run-to', stopAt });
      return {};
    },
    'runs.back': async ({ runId, rounds }) => {
      const run = liveRun(runId, 'go back');
      if (run.status !== 'paused')
        throw new ExpectedError(`Run ${runId} is decoding: pause it before going back.`);
      const own = run.fork?.round ?? 0;
      if (rounds < own) {
        throw new ExpectedError(
          `Run ${runId} has its rounds before ${own} from run ${run.fork?.parent}: fork that one from an earlier round instead.`,
        );
      }
      await command(runId, { action: 'back', backTo: rounds });
      return {};
    },
    'runs.breakpoints': async ({ runId, breakpoints }) => {
      const { spec } = liveRun(runId, 'take breakpoints');
      const sample = storage.runs.sample(runId);
      const plain = sample === null ? null : plainAnswers(storage.runs, spec, sample);
      if (comparesWithPlain(breakpoints) && plain === null) {
        throw new ExpectedError(
          'There is no plain run of this sample to compare with: switch this breakpoint on before a run starts, and the plain run is made first.',
        );
      }
      await command(runId, { action: 'breakpoints', breakpoints, plain });
      return {};
    },
    'runs.fork': async ({ parent: parentId, round, change, force, questions, ...watch }) => {
      const parent = storage.runs.open(parentId);
      const sample = storage.runs.sample(parentId);
      if (parent === null || sample === null) throw noRun(parentId);
      const spec: RunSpec = { ...parent.summary.spec, ...change };
      const asked = withQuestions(sample, questions, 0);
      const point = forkPoint(parent, round, spec, asked, force);
      // The first turn that the fork decodes from its prompt on.
      withQuestions(sample, questions, point.turn + (point.start.resume === null ? 0 : 1));
      const edits = questions.map(({ turn, text }) => ({ turn, from: sample.turns[turn] ?? '', to: text }));
      const fork = describeFork(parent, round, point, spec, edits, labelsOf(parent.pieces));
      if (recorder.liveRunId === parentId) {
        if (parent.summary.status !== 'paused') {
          throw new ExpectedError(`Run ${parentId} is decoding: pause it before going on as a fork.`);
        }
        const ended = recorder.ended(parentId);
        await command(parentId, { action: 'stop' });
        await ended;
      }
      return alone(async () => ({
        runId: await startRun(context, spec, asked, watch, { fork, start: point.start }),
      }));
    },
    'runs.tokenize': async ({ runId, text }) => {
      const run = storage.runs.summary(runId);
      if (run === null) throw noRun(runId);
      const loadable = await models.resolve(run.spec);
      return expected(engine.tokenize({ spec: run.spec, ...loadable }, text));
    },
  };
}

function noRun(runId: string): ExpectedError {
  return new ExpectedError(`There is no run ${runId}: it was deleted, or its id is mistyped.`);
}

/** Shows a token by its text, with marks for blanks. */
function labelsOf(pieces: readonly TokenPiece[]): (id: number) => string {
  const texts = new Map(pieces.map((piece) => [piece.id, piece.bytes]));
  return (id) => {
    const bytes = texts.get(id);
    return bytes === undefined ? `#${id}` : Buffer.from(bytes, 'base64').toString('utf8');
  };
}
