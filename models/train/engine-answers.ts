/**
 * What the engine answers, for comparison with PyTorch: every sample of a data-set folder is decoded plainly and
 * greedily, on one CPU thread, by a real engine process. One JSON object per sample on stdout. With a draft head it drafts
 * chains of N tokens, and every round's draft is told too.
 *
 *     node models/train/engine-answers.ts --data-set FOLDER --target FILE [--projector FILE] --max-tokens N
 *         [--head FILE --kind KIND --depth N]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { loadDataSet } from '../../src-main/datasets/load.ts';
import type { EngineJob, RunEnd } from '../../src-main/engine/client.ts';
import { forkNodeEngine } from '../../src-main/engine/host.ts';
import { createEngine } from '../../src-main/engine/supervisor.ts';
import { errorMessage } from '../../src-main/errors.ts';
import { decodeImage } from '../../src-main/images/pixels.ts';
import { type MethodSpec, methodSpecSchema } from '../../src-shared/domain/method.ts';
import type { RoundRecord } from '../../src-shared/domain/round.ts';
import { autoEngine, greedy, type RunSpec, type Turn } from '../../src-shared/domain/run.ts';
import type { Sample } from '../../src-shared/domain/sample.ts';

interface Request {
  readonly dataSet: string;
  readonly files: EngineJob['files'];
  readonly maxTokens: number;
  readonly method: MethodSpec;
}

function requestOf(args: string[]): Request {
  const { values } = parseArgs({
    args,
    options: {
      'data-set': { type: 'string' },
      target: { type: 'string' },
      projector: { type: 'string' },
      'max-tokens': { type: 'string' },
      head: { type: 'string' },
      kind: { type: 'string' },
      depth: { type: 'string' },
    },
  });
  const { 'data-set': dataSet, target, projector = null, head = null } = values;
  const maxTokens = Number(values['max-tokens']);
  if (dataSet === undefined || target === undefined || !Number.isInteger(maxTokens) || maxTokens < 1) {
    throw new Error('give --data-set FOLDER, --target FILE and --max-tokens N, N at least 1');
  }
  const shape = { kind: 'chain', length: Number(values.depth) };
  const method = head === null ? { name: 'ar' } : { name: values.kind, shape, threshold: null };
  return {
    dataSet,
    files: { target, projector, draft: null, draftProjector: null, head },
    maxTokens,
    method: methodSpecSchema.parse(method),
  };
}

function specOf({ files, maxTokens, method }: Request, sample: Sample): RunSpec {
  return {
    dataSetId: 'compared',
    sampleId: sample.id,
    target: files.target,
    projector: files.projector,
    draft: files.head,
    draftProjector: null,
    method,
    gate: { mode: 'off', threshold: 0.35 },
    sampling: greedy,
    maxTokens,
    systemPrompt: null,
    capture: { layers: 'last' },
    engine: { ...autoEngine, gpu: 'cpu', threads: 1, kvType: 'f32' },
  };
}

/** What one run reported. */
class Recorded {
  readonly turns: Turn[] = [];
  readonly rounds: RoundRecord[] = [];
  readonly ended = Promise.withResolvers<RunEnd>();

  /** Per turn: the prompt as the model saw it, the answer's token ids with probability and lead in logits, and the rounds with a draft. */
  answers(): object[] {
    const tokens = this.rounds.flatMap((record) => record.tokens);
    return this.turns.map(({ index, promptTokens }) => {
      const own = tokens.filter(({ turn }) => turn === index);
      return {
        prompt: promptTokens,
        ids: own.map(({ id }) => id),
        probabilities: own.map(({ pTarget }) => pTarget),
        margins: own.map(({ margin }) => margin),
        rounds: this.rounds
          .filter(({ round }) => round.turn === index && round.drafted > 0)
          .map(({ round, tree }) => ({
            drafted: tree.tokens.slice(1),
            probabilities: tree.draftProb.slice(1),
            accepted: round.accepted,
          })),
      };
    });
  }
}

async function answerAll(request: Request, home: string): Promise<void> {
  const { samples, problems } = await loadDataSet(request.dataSet);
  if (problems[0]) throw new Error(`${request.dataSet}: line ${problems[0].line}: ${problems[0].reason}`);
  let current = new Recorded();
  const engine = createEngine(
    { home, appVersion: 'compare', fork: forkNodeEngine },
    {
      status: () => {},
      fingerprint: () => {},
      state: () => {},
      takenBack: () => {},
      captured: () => {},
      turn: (_, turn) => {
        current.turns[turn.index] = turn;
      },
      round: (_, record) => {
        current.rounds.push(record);
      },
      end: (_, end) => current.ended.resolve(end),
    },
  );
  try {
    for (const sample of samples) {
      current = new Recorded();
      const image = await decodeImage(path.join(request.dataSet, 'images', sample.image));
      const spec = specOf(request, sample);
      const { files } = request;
      await engine.start({ runId: sample.id, spec, sample, image, files, hashes: {}, startPaused: false });
      const { status, reason } = await current.ended.promise;
      if (status !== 'done')
        throw new Error(`sample ${sample.id} ${status}: ${reason ?? 'no reason was given'}`);
      process.stdout.write(`${JSON.stringify({ id: sample.id, turns: current.answers() })}\n`);
    }
  } finally {
    await engine.dispose();
  }
}

const home = mkdtempSync(path.join(tmpdir(), 'specula-compare-'));
try {
  await answerAll(requestOf(process.argv.slice(2)), home);
} catch (error) {
  process.stderr.write(`engine-answers: ${errorMessage(error)}\n`);
  process.exitCode = 1;
} finally {
  rmSync(home, { recursive: true, force: true });
}
