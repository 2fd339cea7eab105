/** `specula evaluate`: how well a target answers a data set with reference answers, measured through the engine. */
import { appendFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { required } from '#shared/domain/assert.ts';
import { defaultGateThreshold } from '#shared/domain/gate.ts';
import { draftFileOf } from '#shared/domain/method.ts';
import { greedy, type RunSpec } from '#shared/domain/run.ts';
import { forkNodeEngine } from '../engine/host.ts';
import { errorMessage } from '../errors.ts';
import { answerAll } from '../evaluate/answer-all.ts';
import type { Evaluation, Failure } from '../evaluate/evaluation.ts';
import { agreementOf, attentionOf } from '../evaluate/looks.ts';
import { type MarkedToken, markedTokens } from '../evaluate/marked.ts';
import { scorer, type TurnScore } from '../evaluate/score.ts';
import { summarise } from '../evaluate/summary.ts';
import { ExpectedError } from '../rpc/expected.ts';
import type { Catalogs } from '../workbench.ts';
import { chooseDataSet, chooseModels } from './choose.ts';
import { type EvaluateOptions, evaluationMethod } from './evaluate-options.ts';
import { evaluationReport } from './evaluate-report.ts';
import { chooseSamples } from './evaluate-samples.ts';
import { exitCodes, UsageError } from './exit.ts';
import { Progress } from './progress.ts';
import { engineOf } from './run-spec.ts';
import type { Terminal } from './terminal.ts';

export interface EvaluateHost {
  readonly catalogs: Catalogs;
  readonly terminal: Terminal;
  /** registers what Ctrl+C does */
  readonly onInterrupt: (stop: () => void) => void;
  /** folder for notes about a crash */
  readonly home: string;
  readonly version: string;
}

/** Measures, prints, and gives the exit code. */
export async function evaluate(options: EvaluateOptions, host: EvaluateHost): Promise<number> {
  const { catalogs, terminal } = host;
  const { dataSets, models } = catalogs;
  const lists = {
    dataSets: () => dataSets.list(),
    addDataSet: (folder: string) => dataSets.add(folder),
    models: () => models.list(),
    addModel: (path: string) => models.add(path),
  };
  const dataSet = await chooseDataSet(options.dataSet, lists);
  const data = await dataSets.loaded(dataSet.id);
  const samples = chooseSamples(dataSet.folder, data, {
    topic: options.topic ?? null,
    limit: options.limit ?? null,
  });
  const interrupt = Promise.withResolvers<void>();
  host.onInterrupt(() => interrupt.resolve());
  if (options.json !== undefined) checkWritable(options.json);
  const method = evaluationMethod(options);
  const spec: Omit<RunSpec, 'sampleId'> = {
    dataSetId: dataSet.id,
    ...(await chooseModels(options, draftFileOf(method), lists)),
    method,
    gate: { mode: 'off', threshold: defaultGateThreshold },
    sampling: greedy,
    maxTokens: options.maxTokens,
    systemPrompt: options.system ?? null,
    // As `run` does by default: the same kernels, so the same answers.
    capture: { layers: 'last' },
    engine: engineOf(options),
  };
  const resolved = await models.resolve({ ...spec, sampleId: '' });
  warn(terminal, spec, dataSet.problems.length);

  const score = scorer(data.classes);
  const turns: TurnScore[] = [];
  const tokens: MarkedToken[] = [];
  const failures: Failure[] = [];
  const progress = new Progress(terminal, samples.length);
  const end = await answerAll(
    {
      samples,
      spec,
      ...resolved,
      picture: (sample) => dataSets.imageFile(dataSet.id, sample),
    },
    {
      forkEngine: forkNodeEngine,
      home: host.home,
      version: host.version,
      interrupted: interrupt.promise,
      onWaiting: (detail) => progress.waiting(detail),
      onAnswers: (item, answers) => {
        turns.push(...score(item, answers));
        for (const [turn, reference] of item.references.entries()) {
          tokens.push(...markedTokens(reference, required(answers[turn], `the answer of turn ${turn}`)));
        }
        progress.done();
      },
      onFailure: (sample, reason) => {
        failures.push({ sampleId: sample.id, reason });
        progress.done();
      },
    },
  ).finally(() => progress.clear());

  const evaluation: Evaluation = {
    version: 1,
    dataSet: { id: dataSet.id, name: dataSet.name, folder: dataSet.folder, hash: data.hash },
    asked: samples.length,
    partial: end.reason,
    failures,
    spec,
    fingerprint: end.fingerprint,
    summary: summarise(turns),
    attention: options.attention ? attentionOf(tokens) : null,
    agreement: draftFileOf(method) !== null ? agreementOf(tokens) : null,
    turns,
  };
  if (turns.length > 0) terminal.out(evaluationReport(evaluation));
  else if (end.interrupted)
    terminal.err('Nothing was measured: stopped before the first sample was answered.\n');
  for (const { sampleId, reason } of failures)
    terminal.err(`Sample ${sampleId} was not answered: ${reason}\n`);
  if (options.json !== undefined) {
    writeFileSync(options.json, `${JSON.stringify(evaluation, null, 1)}\n`);
  }
  if (end.interrupted) return exitCodes.interrupted;
  if (end.reason !== null) throw new ExpectedError(`The evaluation ended early: ${end.reason}`);
  return failures.length === 0 ? exitCodes.ok : exitCodes.failure;
}

/** A file that cannot be written is told before the measurement, not after it. */
function checkWritable(file: string): void {
  try {
    appendFileSync(file, '');
  } catch (error) {
    throw new UsageError(`--json ${resolve(file)} cannot be written: ${errorMessage(error)}`);
  }
}

function warn(terminal: Terminal, spec: Pick<RunSpec, 'target' | 'projector'>, problems: number): void {
  if (spec.projector === null) {
    terminal.err(`Without a projector ${spec.target} does not see the images. Give one with --projector.\n`);
  }
  if (problems > 0) {
    terminal.err(`${problems} lines of the data set cannot be used; "specula samples" lists them.\n`);
  }
}
