/** `specula calibrate`: the threshold with the least estimated time, from probe runs and surveys. */
import { defaultGateThreshold, type GateSpec } from '#shared/domain/gate.ts';
import { draftFileOf } from '#shared/domain/method.ts';
import { greedy, type RunSpec, type RunSummary } from '#shared/domain/run.ts';
import { whatIf } from '#shared/metrics/what-if.ts';
import {
  costsOf,
  draftsFromText,
  rootsOf,
  type Surveyed,
  sameAnswers,
} from '#shared/metrics/what-if-runs.ts';
import { recordedRun, surveyFor, surveySpec, whatIfProblem } from '#shared/metrics/what-if-series.ts';
import { type TypedCall, typedCall } from '../rpc/dispatch.ts';
import type { Workbench } from '../workbench.ts';
import type { CalibrateOptions } from './calibrate-options.ts';
import { type Calibration, calibrationCsv, calibrationReport } from './calibrate-report.ts';
import { chooseDataSet, chooseModels, type Lists } from './choose.ts';
import { shareOut } from './evaluate-samples.ts';
import { exitCodes, UsageError } from './exit.ts';
import { Progress } from './progress.ts';
import { methodOf } from './run-options.ts';
import { engineOf } from './run-spec.ts';
import { Runner } from './run-to-end.ts';
import type { Terminal } from './terminal.ts';

/** @param onInterrupt registers what Ctrl+C does: what was measured so far is reported */
export async function calibrate(
  options: CalibrateOptions,
  workbench: Workbench,
  terminal: Terminal,
  onInterrupt: (stop: () => void) => void,
): Promise<number> {
  const call = typedCall(workbench.call);
  const probes =
    options.run === undefined ? await specsOf(options, call) : await recordedRuns(options.run, call);
  const work = new Measuring(call, new Runner(workbench, call), terminal);
  onInterrupt(() => work.interrupt());
  const measured = await work.measure(probes);
  const [first] = measured;
  if (first === undefined) {
    terminal.err('Nothing was measured, so there is no threshold to fit.\n');
    return work.interrupted ? exitCodes.interrupted : exitCodes.failure;
  }
  const runs = measured.map(({ surveyed }) => surveyed);
  const costs = costsOf(runs);
  const result = whatIf(runs.flatMap(rootsOf), costs);
  const { method, gate } = first.run.spec;
  const best = result.best?.threshold ?? null;
  const check =
    options.check === true && best !== null && !work.interrupted ? await work.check(measured, best) : null;
  const calibration: Calibration = {
    method,
    gate,
    runs: measured.map(({ run, survey }) => ({ sample: run.spec.sampleId, run: run.id, survey: survey.id })),
    exact: draftsFromText(method),
    costs,
    result,
    check,
  };
  if (options.json === true) terminal.out(`${JSON.stringify(jsonOf(calibration))}\n`);
  else terminal.out(options.csv === true ? calibrationCsv(calibration) : calibrationReport(calibration));
  return work.interrupted ? exitCodes.interrupted : exitCodes.ok;
}

function jsonOf({ result, ...rest }: Calibration): object {
  const { withoutGate, oracle, curve, best } = result;
  return { ...rest, withoutGate, oracle, best, helps: (best?.ratio ?? 1) < 1, curve };
}

interface Measured {
  readonly run: RunSummary;
  readonly survey: RunSummary;
  readonly surveyed: Surveyed;
}

/** A probe run to make, or a recorded run to use. */
type Wanted = { readonly spec: RunSpec } | { readonly run: RunSummary; readonly survey: RunSummary | null };

/** Makes the runs, one after the other. */
class Measuring {
  interrupted = false;
  readonly #call: TypedCall;
  readonly #runner: Runner;
  readonly #terminal: Terminal;

  constructor(call: TypedCall, runner: Runner, terminal: Terminal) {
    this.#call = call;
    this.#runner = runner;
    this.#terminal = terminal;
  }

  interrupt(): void {
    this.interrupted = true;
    // A run that has just ended cannot be stopped any more, which is as well.
    this.#runner.stop().catch(() => {});
  }

  async measure(wanted: readonly Wanted[]): Promise<Measured[]> {
    const progress = new Progress(this.#terminal, wanted.length);
    progress.waiting('loading the models');
    const done: Measured[] = [];
    await this.#warmUp(wanted[0]);
    for (const one of wanted) {
      const pair = await this.#pair(one);
      if (this.interrupted) break;
      progress.done();
      if (pair !== null) done.push(pair);
    }
    progress.clear();
    return done;
  }

  /** The first run of a process is slower than all others; it is made once more and forgotten. */
  async #warmUp(first: Wanted | undefined): Promise<void> {
    if (first === undefined || !('spec' in first)) return;
    const run = await this.#made(first.spec);
    if (run !== null) await this.#call('runs.delete', { runIds: [run.id] });
  }

  async #pair(wanted: Wanted): Promise<Measured | null> {
    const run = 'spec' in wanted ? await this.#made(wanted.spec) : wanted.run;
    if (run === null || this.interrupted) return null;
    const known = 'spec' in wanted ? null : wanted.survey;
    const survey = known ?? (await this.#made(surveySpec(run.spec)));
    if (survey === null) return null;
    const surveyed = { run: await this.#opened(run), survey: await this.#opened(survey) };
    if (!sameAnswers(surveyed.run, surveyed.survey)) {
      this.#terminal.err(
        `The survey ${survey.id} has another answer than run ${run.id} (a near-tie that rounding decides; --kv f32 avoids most): left out.\n`,
      );
      return null;
    }
    return { run, survey, surveyed };
  }

  /** Decodes every sample with the gate acting at the threshold. */
  async check(measured: readonly Measured[], threshold: number): Promise<NonNullable<Calibration['check']>> {
    let [rounds, ms] = [0, 0];
    for (const { run } of measured) {
      const gate: GateSpec = { ...run.spec.gate, mode: 'paper', threshold };
      const real = await this.#made({ ...run.spec, gate });
      if (real === null) continue;
      const { totals } = real;
      rounds += totals.rounds;
      ms += totals.draftMs + totals.verifyMs + totals.captureMs + totals.otherMs;
    }
    return { rounds, ms };
  }

  /** The run, made to its end; null, with the reason told, when it did not get there. */
  async #made(spec: RunSpec): Promise<RunSummary | null> {
    const run = await this.#runner.run(spec);
    if (run.status === 'done') return run;
    if (!this.interrupted) {
      this.#terminal.err(
        `Sample ${spec.sampleId} is left out: run ${run.id} ${run.status}: ${run.reason ?? 'no reason was given'}\n`,
      );
    }
    return null;
  }

  async #opened(run: RunSummary): Promise<Surveyed['run']> {
    return recordedRun(await this.#call('runs.open', { runId: run.id }));
  }
}

/** Probe runs over samples of a data set. */
async function specsOf(options: CalibrateOptions, call: TypedCall): Promise<Wanted[]> {
  const method = methodOf(options);
  if (method.name === 'ar')
    throw new UsageError('Plain decoding drafts nothing: choose a method with --method.');
  const lists: Lists = {
    dataSets: () => call('dataSets.list', {}),
    addDataSet: (folder) => call('dataSets.add', { folder }),
    models: () => call('models.list', {}),
    addModel: (path) => call('models.add', { path }),
  };
  const dataSet = await chooseDataSet(options.dataSet, lists);
  const rows = await call('dataSets.samples', { dataSetId: dataSet.id });
  const all = rows.map(({ sample }) => sample);
  const ofTopic = all.filter(({ topic }) => options.topic === undefined || topic === options.topic);
  if (ofTopic.length === 0) {
    const topics = [...new Set(all.map(({ topic }) => topic))].join(', ');
    throw new UsageError(
      `${dataSet.name} has no sample of the topic "${options.topic}". There are: ${topics}.`,
    );
  }
  const models = await chooseModels(options, draftFileOf(method), lists);
  return shareOut(ofTopic, ({ topic }) => topic, options.samples).map(({ id }) => ({
    spec: {
      dataSetId: dataSet.id,
      sampleId: id,
      ...models,
      method,
      gate: {
        mode: 'probe',
        threshold: defaultGateThreshold,
        layer: options.scoreLayer,
        heads: options.scoreHeads,
      },
      sampling: greedy,
      maxTokens: options.maxTokens,
      systemPrompt: options.system ?? null,
      capture: { layers: options.scoreLayer === undefined ? 'last' : [options.scoreLayer] },
      engine: engineOf(options),
    },
  }));
}

/** Recorded runs by their ids, with the surveys there are. */
async function recordedRuns(ids: readonly string[], call: TypedCall): Promise<Wanted[]> {
  const all = await call('runs.list', {});
  return ids.map((id) => {
    const run = all.find((one) => one.id === id);
    if (run === undefined) throw new UsageError(`There is no run ${id}. "specula runs" lists them.`);
    const problem =
      run.status !== 'done'
        ? `It ${run.status}, so its answer is not whole.`
        : run.spec.gate.mode === 'survey'
          ? 'It is a survey itself: give the run that it was made for.'
          : whatIfProblem(run);
    if (problem !== null) throw new UsageError(`Run ${id} cannot be calibrated on. ${problem}`);
    return { run, survey: surveyFor(run, all) };
  });
}
