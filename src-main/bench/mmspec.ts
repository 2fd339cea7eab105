/** The runs of a bench as result files of MMSpec, one per configuration. */
import { createHash } from 'node:crypto';
import type { RunDetail } from '#shared/contract/calls.ts';
import { type BenchPlan, cellOf } from '#shared/domain/bench.ts';
import { gateLabel } from '#shared/domain/gate.ts';
import { defaultMethod, methodLabel } from '#shared/domain/method.ts';
import { writeLines } from '#shared/formats/mmspec/lines.ts';
import { modelId, toMmspec } from '#shared/formats/mmspec/methods.ts';
import { type Choice, fileName, type ResultRecord } from '#shared/formats/mmspec/record.ts';
import { wallMs } from '#shared/metrics/latency.ts';
import type { Bench } from '../storage/bench-store.ts';
import type { Storage } from '../storage/storage.ts';
import { answersOf, observedTurns } from './observe.ts';

/**
 * Contents by `<target>/<method>-temperature-<T>.jsonl`. Repeats become choices. The prompt's round is in the lists, as a
 * round with 0 accepted, so that MMSpec's own script counts the rounds as we do.
 */
export function mmspecFiles({ id, plan }: Bench, storage: Storage): ReadonlyMap<string, string> {
  const records = new Map<string, Map<string, ResultRecord>>();
  for (const [number, { runId, status }] of [...storage.benches.cells(id)].sort(([a], [b]) => a - b)) {
    const run = status === 'done' ? storage.runs.open(runId) : null;
    if (run === null) continue;
    const { configuration, sampleId, repeat } = cellOf(plan, number);
    const name = namesOf(plan)[configuration] ?? '';
    const target = plan.configurations[configuration]?.target ?? '';
    const file = `${target.replace(/[^\w.-]+/g, '_')}/${fileName(name, plan.sampling.temperature)}`;
    const own = records.get(file) ?? new Map<string, ResultRecord>();
    records.set(file, own);
    const before = own.get(sampleId);
    own.set(sampleId, {
      ...recordOf(run, name, storage.runs.sample(runId)?.category ?? ''),
      ...before,
      choices: [...(before?.choices ?? []), choiceOf(run, name, repeat)],
    });
  }
  return new Map([...records].map(([file, own]) => [file, writeLines([...own.values()])]));
}

/** MMSpec's name where the method has its defaults; what differs is added to it. */
function namesOf({ configurations }: BenchPlan): string[] {
  return configurations.map(({ method, gate }) => {
    const name = toMmspec(method.name, gate.mode);
    const usual = JSON.stringify(method) === JSON.stringify(defaultMethod(method.name));
    const alone =
      configurations.filter((other) => toMmspec(other.method.name, other.gate.mode) === name).length === 1;
    if (alone || (usual && gate.mode === 'off')) return name;
    const details = `${methodLabel(method)} ${gate.mode === 'off' ? '' : gateLabel(gate)}`;
    return `${name}-${details.replace(/[^\w.]+/g, '_').replace(/^_+|_+$/g, '')}`;
  });
}

function recordOf(run: RunDetail, name: string, category: string): Omit<ResultRecord, 'choices'> {
  const { id, createdAt, spec, topic } = run.summary;
  const { temperature } = spec.sampling;
  return {
    question_id: spec.sampleId,
    topic,
    category,
    answer_id: answerId(id),
    model_id: modelId(name, Number.isInteger(temperature) ? temperature.toFixed(1) : String(temperature)),
    tstamp: createdAt / 1000,
  };
}

/** A short id of 22 letters and digits, as MMSpec's; the same for the same run. */
function answerId(runId: string): string {
  const letters = '23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
  const bytes = createHash('sha256').update(runId).digest();
  return Array.from({ length: 22 }, (_, i) => letters[(bytes[i] ?? 0) % letters.length]).join('');
}

function choiceOf(run: RunDetail, name: string, repeat: number): Choice {
  const turns = observedTurns(run, repeat, []);
  const plain = name === 'baseline';
  const ms = (part: 'draft' | 'verify'): number[] =>
    turns.map(({ rounds }) => rounds.reduce((sum, round) => sum + round.ms[part], 0));
  const draft = ms('draft');
  const verify = ms('verify');
  const wall = turns.map((turn) => wallMs(turn) / 1000);
  return {
    index: repeat,
    turns: answersOf(run),
    idxs: turns.map(({ rounds }) => rounds.length - 1),
    new_tokens: turns.map(({ tokens }) => tokens.length),
    wall_time: wall,
    ...(plain
      ? { decode_time: wall }
      : { acceptance_length: turns.map(({ rounds }) => rounds.map(({ accepted }) => accepted)) }),
    draft_time: turns.map(({ prompt }, i) => ((draft[i] ?? 0) + prompt.draft) / 1000),
    target_time: turns.map(({ prompt }, i) => ((verify[i] ?? 0) + prompt.encode + prompt.decode) / 1000),
  };
}
