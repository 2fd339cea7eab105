import { type Breakpoint, comparesWithPlain, type StopAt } from '#shared/domain/breakpoint.ts';
import type { Fork } from '#shared/domain/fork.ts';
import { gateProblem, readsScore } from '#shared/domain/gate.ts';
import type { RunSpec, RunSummary } from '#shared/domain/run.ts';
import type { Sample } from '#shared/domain/sample.ts';
import type { JobStart } from '../engine/client.ts';
import { errorMessage } from '../errors.ts';
import { decodeImage } from '../images/pixels.ts';
import { readDecoderMetadata } from '../models/metadata.ts';
import type { Context } from './context.ts';
import { ExpectedError } from './expected.ts';
import { plainAnswers, plainSpec } from './plain-run.ts';

/** How a run begins and what it stops at. */
export interface Watch {
  readonly step: boolean;
  readonly breakpoints: readonly Breakpoint[];
  readonly stopAt: StopAt | null;
}

/** Where a fork comes from and where it goes on. */
export interface ForkStart {
  readonly fork: Fork;
  readonly start: JobStart;
}

/**
 * Starts a run of a sample as it is given; resolves to the run's id once the engine has taken it over. A breakpoint on
 * the first difference from plain decoding makes a plain run first where none is recorded, and waits for its end.
 * @throws ExpectedError before the run exists, or when the engine cannot take it
 */
export async function startRun(
  context: Context,
  spec: RunSpec,
  sample: Sample,
  watch: Watch,
  from: ForkStart | null = null,
): Promise<string> {
  const { dataSets, models, engine, recorder } = context;
  checkSpec(spec);
  const { files, hashes } = await models.resolve(spec);
  checkLayers(spec, await readDecoderMetadata(files.target));
  const image = await decodeImage(await dataSets.imageFile(spec.dataSetId, sample));
  const plain = comparesWithPlain(watch.breakpoints) ? await plainOf(context, spec, sample) : null;
  const runId = recorder.begin(spec, sample, from?.fork ?? null);
  const debug = { ...watch, plain, start: from?.start ?? null };
  try {
    await engine.start({ runId, spec, sample, image, files, hashes, startPaused: watch.step, debug });
  } catch (error) {
    recorder.end(runId, { status: 'failed', reason: errorMessage(error) });
    throw new ExpectedError(`The run cannot start: ${errorMessage(error)}`, null, { cause: error });
  }
  return runId;
}

/** Plain decoding's answers for a run: recorded ones, or those of a run made now. */
async function plainOf(
  context: Context,
  spec: RunSpec,
  sample: Sample,
): Promise<readonly (readonly number[])[]> {
  const { storage, recorder } = context;
  const known = plainAnswers(storage.runs, spec, sample);
  if (known !== null) return known;
  const watch: Watch = { step: false, breakpoints: [], stopAt: null };
  const runId = await startRun(context, plainSpec(spec), sample, watch);
  const end: RunSummary = await recorder.ended(runId);
  const made = plainAnswers(storage.runs, spec, sample);
  if (made === null) {
    throw new ExpectedError(
      `The plain run to compare with did not finish (${end.status}${end.reason === null ? '' : `: ${end.reason}`}): start again, or switch off the breakpoint on differences.`,
    );
  }
  return made;
}

function checkSpec(spec: RunSpec): void {
  const problem = gateProblem(spec);
  if (problem !== null) throw new ExpectedError(problem);
}

/** @throws ExpectedError where what is recorded or what the gate reads does not exist in the target */
export function checkLayers(
  { gate, capture }: Pick<RunSpec, 'gate' | 'capture'>,
  target: { readonly layers: number; readonly heads: number },
): void {
  const last = target.layers - 1;
  const wrong = typeof capture.layers === 'object' ? capture.layers.find((layer) => layer > last) : undefined;
  if (wrong !== undefined) {
    throw new ExpectedError(
      `Layer ${wrong} cannot be recorded: the target has layers 0 to ${last} only. Choose others under Capture.`,
    );
  }
  const { mode, layer, heads } = gate;
  if (!readsScore(mode)) return;
  if (layer !== undefined && layer > last) {
    throw new ExpectedError(`The gate reads layer ${layer}, but the target has layers 0 to ${last} only.`);
  }
  if (typeof heads === 'number' && heads >= target.heads) {
    throw new ExpectedError(
      `The gate reads head ${heads}, but the target has heads 0 to ${target.heads - 1} only.`,
    );
  }
}
