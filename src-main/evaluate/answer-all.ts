/** Lets one engine answer all samples of an evaluation. Nothing is recorded in the database. */
import type { Fingerprint, RunSpec } from '#shared/domain/run.ts';
import type { Sample } from '#shared/domain/sample.ts';
import type { EngineClient, EngineJob, RunEnd } from '../engine/client.ts';
import type { ForkEngine } from '../engine/host.ts';
import { createEngine } from '../engine/supervisor.ts';
import { errorMessage } from '../errors.ts';
import { decodeImage } from '../images/pixels.ts';
import { AnswerCollector, type ModelAnswer } from './answer.ts';
import type { Referenced } from './score.ts';

export interface AnswerJob {
  readonly samples: readonly Referenced[];
  readonly spec: Omit<RunSpec, 'sampleId'>;
  readonly files: EngineJob['files'];
  readonly hashes: EngineJob['hashes'];
  /** absolute path of a sample's picture */
  readonly picture: (sample: Sample) => Promise<string>;
}

export interface AnswerHost {
  readonly forkEngine: ForkEngine;
  /** folder for notes about a crash */
  readonly home: string;
  readonly version: string;
  /** what the engine is doing while it starts and loads */
  readonly onWaiting: (detail: string) => void;
  /** a sample was answered */
  readonly onAnswers: (sample: Referenced, answers: readonly ModelAnswer[]) => void;
  /** a sample could not be answered; the others go on */
  readonly onFailure: (sample: Sample, reason: string) => void;
  /** resolves when the user wants no more */
  readonly interrupted: Promise<void>;
}

/** How it ended: `reason` is null when every sample was tried. */
export interface AnswerEnd {
  readonly fingerprint: Fingerprint | null;
  readonly reason: string | null;
  readonly interrupted: boolean;
}

/** What became of one sample; `model`: the others would fare no better. */
type Outcome =
  | { readonly kind: 'answered' }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'sample' | 'model'; readonly reason: string };

/** Answers sample after sample; the models are loaded once. A sample that the user or a crash cuts short does not count. */
export async function answerAll(job: AnswerJob, host: AnswerHost): Promise<AnswerEnd> {
  const state: State = {
    fingerprint: null,
    answers: new AnswerCollector(),
    ended: Promise.withResolvers(),
  };
  const interrupted = host.interrupted.then((): Outcome => ({ kind: 'interrupted' }));
  const engine = createEngine(
    { fork: host.forkEngine, home: host.home, appVersion: host.version },
    {
      status: (status) => {
        const waiting = status.state === 'starting' || status.state === 'loading';
        if (state.fingerprint === null && waiting) host.onWaiting(status.detail);
      },
      fingerprint: (_, fingerprint) => {
        state.fingerprint = fingerprint;
      },
      state: () => {},
      takenBack: () => {},
      captured: () => {},
      turn: (_, turn) => state.answers.turn(turn),
      round: (_, record) => state.answers.round(record),
      end: (_, end) => state.ended.resolve(end),
    },
  );
  try {
    for (const item of job.samples) {
      state.answers = new AnswerCollector();
      state.ended = Promise.withResolvers();
      const outcome = await Promise.race([answer(job, item.sample, engine, state), interrupted]);
      const { fingerprint } = state;
      if (outcome.kind === 'answered') host.onAnswers(item, state.answers.answers());
      else if (outcome.kind === 'sample') host.onFailure(item.sample, outcome.reason);
      else if (outcome.kind === 'interrupted')
        return { fingerprint, reason: 'stopped by the user', interrupted: true };
      else return { fingerprint, reason: `sample ${item.sample.id}: ${outcome.reason}`, interrupted: false };
    }
    return { fingerprint: state.fingerprint, reason: null, interrupted: false };
  } finally {
    await engine.dispose();
  }
}

interface State {
  /** null until the models were loaded */
  fingerprint: Fingerprint | null;
  /** of the sample that is being answered */
  answers: AnswerCollector;
  ended: PromiseWithResolvers<RunEnd>;
}

/** Never rejects. */
async function answer(job: AnswerJob, sample: Sample, engine: EngineClient, state: State): Promise<Outcome> {
  let image: EngineJob['image'];
  try {
    image = await decodeImage(await job.picture(sample));
  } catch (error) {
    return { kind: 'sample', reason: errorMessage(error) };
  }
  try {
    const { files, hashes } = job;
    const spec = { ...job.spec, sampleId: sample.id };
    await engine.start({ runId: sample.id, spec, sample, image, files, hashes, startPaused: false });
  } catch (error) {
    return { kind: 'model', reason: errorMessage(error) };
  }
  const end = await state.ended.promise;
  if (end.status === 'done') return { kind: 'answered' };
  // Before the models were loaded no sample can be at fault, and a crash may come again with every sample.
  const kind = end.status === 'failed' && state.fingerprint !== null ? 'sample' : 'model';
  return { kind, reason: end.reason ?? 'no reason was given' };
}
