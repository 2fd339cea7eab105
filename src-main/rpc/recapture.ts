import type { RunDetail } from '#shared/contract/calls.ts';
import type { CaptureSpec } from '#shared/domain/capture.ts';
import { isLive } from '#shared/domain/run.ts';
import type { EngineEvents, RecaptureJob, RunEnd } from '../engine/client.ts';
import { errorMessage } from '../errors.ts';
import { decodeImage } from '../images/pixels.ts';
import { readDecoderMetadata } from '../models/metadata.ts';
import { storageFailure } from '../storage/database.ts';
import type { RunStore } from '../storage/run-store.ts';
import type { Context } from './context.ts';
import { ExpectedError, expected } from './expected.ts';
import { plainSpec } from './plain-run.ts';
import type { Emit } from './run-recorder.ts';
import { checkLayers } from './run-starter.ts';

interface Live {
  readonly runId: string;
  readonly end: (end: RunEnd) => void;
}

/** Writes the attention of the run that is being evaluated again, and tells the windows. */
export class RecaptureRecorder implements Pick<EngineEvents, 'captured' | 'end'> {
  readonly #runs: RunStore;
  readonly #emit: Emit;
  readonly #onLost: (runId: string) => void;
  #live: Live | null = null;

  /** @param onLost told when it can no longer be written, so that the engine stops */
  constructor(runs: RunStore, emit: Emit, onLost: (runId: string) => void) {
    this.#runs = runs;
    this.#emit = emit;
    this.#onLost = onLost;
  }

  get runId(): string | null {
    return this.#live?.runId ?? null;
  }

  /** Takes what is captured of a run from now on; resolves to how that ended. */
  follow(runId: string): Promise<RunEnd> {
    return new Promise((resolve) => {
      this.#live = { runId, end: resolve };
    });
  }

  captured: EngineEvents['captured'] = (runId, rounds) => {
    if (this.#live?.runId !== runId) return;
    try {
      this.#runs.addAttention(runId, rounds);
      this.#emit('run.captured', { runId });
    } catch (error) {
      const known = storageFailure(error);
      this.end(runId, {
        status: 'failed',
        reason: `the attention cannot be recorded: ${errorMessage(known ?? error)}`,
      });
      this.#onLost(runId);
    }
  };

  end: EngineEvents['end'] = (runId, end) => {
    if (this.#live?.runId !== runId) return;
    const { end: tell } = this.#live;
    this.#live = null;
    tell(end);
  };
}

/**
 * Evaluates a finished run's tokens again and adds the attention that `capture` asks for; resolves when that has ended.
 * @throws ExpectedError where the run cannot be evaluated as it was, or that failed
 */
export async function captureAgain(
  context: Context,
  run: RunDetail,
  capture: CaptureSpec,
): Promise<{ status: 'done' | 'stopped' }> {
  const { engine, recaptures } = context;
  const job = await recaptureJob(context, run, capture);
  const { runId } = job;
  const ended = recaptures.follow(runId);
  try {
    await expected(engine.recapture(job));
  } catch (error) {
    recaptures.end(runId, { status: 'failed', reason: errorMessage(error) });
    throw error;
  }
  const { status, reason } = await ended;
  if (status === 'done' || status === 'stopped') return { status };
  throw new ExpectedError(`The attention of run ${runId} could not be read again: ${reason ?? status}`);
}

async function recaptureJob(
  { dataSets, models, storage }: Context,
  { summary, turns, rounds, tokens }: RunDetail,
  capture: CaptureSpec,
): Promise<RecaptureJob> {
  const { id: runId, spec: made, fingerprint } = summary;
  if (isLive(summary.status)) throw new ExpectedError(`Run ${runId} is still going on: wait for its end.`);
  if (capture.layers === 'none') {
    throw new ExpectedError('Nothing would be read with capture off: choose the score or layers.');
  }
  const sample = storage.runs.sample(runId);
  if (sample === null || rounds.length === 0) {
    throw new ExpectedError(`Run ${runId} has no rounds that could be evaluated again.`);
  }
  // Drafts had no say in the tokens, so they are not needed.
  const spec = { ...plainSpec(made), gate: made.gate, capture };
  const { files, hashes } = await models.resolve(spec);
  checkLayers(spec, await readDecoderMetadata(files.target));
  for (const [role, path] of [
    ['target', files.target],
    ['projector', files.projector],
  ] as const) {
    const then = fingerprint?.models.find((model) => model.role === role)?.sha256 ?? '';
    if (path !== null && then !== '' && hashes[path] !== then) {
      throw new ExpectedError(
        `The ${role} ${path} is not the file that run ${runId} was made with: bring that one back, or run the sample anew.`,
      );
    }
  }
  const image = await decodeImage(await dataSets.imageFile(spec.dataSetId, sample));
  const idsOf = new Map<number, number[]>();
  for (const token of tokens) idsOf.set(token.round, [...(idsOf.get(token.round) ?? []), token.id]);
  const past = turns.map(({ index, promptTokens }) => ({
    promptTokens,
    rounds: rounds
      .filter((round) => round.turn === index)
      .map((round) => ({ index: round.index, ids: idsOf.get(round.index) ?? [] })),
  }));
  return { runId, spec, sample, image, files, hashes, turns: past };
}
