import { afterAll, beforeAll, expect, it } from 'vitest';
import { required } from '../../../src-shared/domain/assert.ts';
import type { CaptureSpec } from '../../../src-shared/domain/capture.ts';
import type { GateSpec } from '../../../src-shared/domain/gate.ts';
import { fixtureJob, type RecordedRun, TestEngine } from '../../fixtures/engine.ts';
import { type FixturePaths, fixtureModels } from '../../fixtures/gguf/index.ts';

let models: FixturePaths;
let engine: TestEngine;

beforeAll(async () => {
  models = await fixtureModels();
  engine = new TestEngine();
});
afterAll(() => engine.dispose());

const paper: GateSpec = { mode: 'paper', threshold: 0.42 };

async function runWith(name: string, capture: CaptureSpec, gate: GateSpec = paper): Promise<RecordedRun> {
  const run = await engine.finish(fixtureJob(name, models, { capture, gate, maxTokens: 24 }));
  expect(run.end).toEqual({ status: 'done', reason: null });
  return run;
}

/** Layers with maps, and with maps of heads: the same in every round. */
function layersIn(run: RecordedRun): { mean: number[]; heads: number[] } {
  const all = run.rounds.map((r) => ({
    mean: r.attention.map((f) => f.layer),
    heads: r.heads.map((f) => f.layer),
  }));
  for (const one of all) expect(one).toEqual(all[0]);
  return required(all[0], 'a round');
}

/** What the gate saw and did. */
const gates = (run: RecordedRun) =>
  run.rounds.map(({ round, tokens }) => ({ gate: round.gate, scores: tokens.map((t) => t.score) }));

it('records exactly the layers that are asked for, and gates alike whatever is recorded', async () => {
  const all = await runWith('all', { layers: 'all' });
  expect(layersIn(all)).toEqual({ mean: [0, 1, 2, 3], heads: [] });
  // The threshold lies among the scores, so that the gate does something.
  expect(new Set(all.rounds.map(({ round }) => round.gate.hit)).size).toBe(2);
  const cases: [CaptureSpec, { mean: number[]; heads: number[] }][] = [
    [{ layers: 'score' }, { mean: [], heads: [] }],
    [{ layers: 'last' }, { mean: [3], heads: [] }],
    [{ layers: [2, 0] }, { mean: [0, 2], heads: [] }],
    [
      { layers: [1], heads: true },
      { mean: [1], heads: [1] },
    ],
  ];
  for (const [capture, expected] of cases) {
    const run = await runWith(JSON.stringify(capture), capture);
    expect(layersIn(run)).toEqual(expected);
    expect(gates(run)).toEqual(gates(all));
    const frames = run.rounds.flatMap((r) => r.attention);
    const same = all.rounds.flatMap((r) => r.attention).filter((f) => expected.mean.includes(f.layer));
    expect(frames).toEqual(same);
  }
});

it('reads the layer of the score without recording it', async () => {
  const gate: GateSpec = { ...paper, layer: 1, heads: 'max' };
  const last = await runWith('last, r of layer 1', { layers: 'last' }, gate);
  const all = await runWith('all, r of layer 1', { layers: 'all' }, gate);
  expect(layersIn(last).mean).toEqual([3]);
  expect(gates(last)).toEqual(gates(all));
  expect(gates(last)).not.toEqual(gates(await runWith('last, r of layer 3', { layers: 'last' })));
});

it("records heads whose mean is the layer's map", async () => {
  const run = await runWith('heads', { layers: 'last', heads: true }, { mode: 'off', threshold: 0.35 });
  for (const { attention, heads, tokens } of run.rounds) {
    const mean = required(attention[0], 'the mean');
    const frame = required(heads[0], 'the heads');
    expect([frame.layer, frame.rows, frame.patches]).toEqual([mean.layer, tokens.length, mean.patches]);
    const meanBytes = Buffer.from(mean.data, 'base64');
    const headBytes = Buffer.from(frame.data, 'base64');
    for (let row = 0; row < frame.rows; row++) {
      for (let patch = 0; patch < frame.patches; patch++) {
        let sum = 0;
        let steps = required(mean.scale[row], 'a scale') / 255 / 2;
        for (let head = 0; head < frame.heads; head++) {
          const at = head * frame.rows + row;
          const scale = required(frame.scale[at], 'a scale') / 255;
          sum += required(headBytes[at * frame.patches + patch], 'a byte') * scale;
          steps += scale / 2 / frame.heads;
        }
        const value = required(meanBytes[row * mean.patches + patch], 'a byte');
        const whole = (value * required(mean.scale[row], 'a scale')) / 255;
        // Both are rounded to a byte, half a step each.
        expect(Math.abs(sum / frame.heads - whole)).toBeLessThanOrEqual(steps + 1e-6);
      }
    }
  }
});

it('reads of a finished run what a live run with that setting would have recorded', async () => {
  const rich: CaptureSpec = { layers: 'all', heads: true };
  const turns = ['describe the picture', 'and once more'];
  const job = (name: string, capture: CaptureSpec) => {
    const made = fixtureJob(name, models, { capture, gate: paper, maxTokens: 24 });
    return { ...made, sample: { ...made.sample, turns } };
  };
  const live = await engine.finish(job('live', rich));
  const idsOf = (run: RecordedRun): number[][] => run.rounds.map((r) => r.tokens.map((t) => t.id));
  const none = job('off', { layers: 'none' });
  const off: GateSpec = { mode: 'off', threshold: 0.35 };
  const unseen = await engine.finish({ ...none, spec: { ...none.spec, gate: off } });
  expect(unseen.end).toEqual({ status: 'done', reason: null });
  expect(unseen.rounds.flatMap((r) => r.attention)).toEqual([]);
  expect(idsOf(unseen).flat()).toEqual(idsOf(live).flat());

  const past = live.turns.map(({ index, promptTokens }) => ({
    promptTokens,
    rounds: live.rounds
      .filter(({ round }) => round.turn === index)
      .map(({ round, tokens }) => ({ index: round.index, ids: tokens.map((t) => t.id) })),
  }));
  const again = { ...job('again', rich), turns: past };
  await engine.client.recapture(again);
  await engine.until(() => engine.run('again').end !== null);
  const { captured, end } = engine.run('again');
  expect(end).toEqual({ status: 'done', reason: null });
  expect(captured.map(({ round }) => round)).toEqual(live.rounds.map(({ round }) => round.index));
  for (const [i, { attention, heads, tokens }] of captured.entries()) {
    const was = required(live.rounds[i], 'the live round');
    expectAlike(attention, was.attention);
    expectAlike(heads, was.heads);
    for (const [t, { score, shares }] of tokens.entries()) {
      const token = required(was.tokens[t], 'the live token');
      expect(score ?? -1).toBeCloseTo(token.score ?? -2, 5);
      for (const name of ['system', 'image', 'text', 'generated'] as const) {
        expect(shares?.[name] ?? -1).toBeCloseTo(token.shares?.[name] ?? -2, 5);
      }
    }
  }
});

it('stops on demand and has reported what it read until then', async () => {
  const job = fixtureJob('long', models, { capture: { layers: 'none' }, maxTokens: 200 });
  const run = await engine.finish({ ...job, spec: { ...job.spec, gate: { mode: 'off', threshold: 0.35 } } });
  const rounds = run.rounds.map(({ round, tokens }) => ({
    index: round.index,
    ids: tokens.map((t) => t.id),
  }));
  const turns = run.turns.map(({ promptTokens }) => ({ promptTokens, rounds }));
  const capture: CaptureSpec = { layers: 'last', heads: true };
  await engine.client.recapture({ ...job, runId: 'stopped', spec: { ...job.spec, capture }, turns });
  await engine.client.control('stopped', { action: 'stop' });
  await engine.until(() => engine.run('stopped').end !== null);
  const { captured, end } = engine.run('stopped');
  expect(end?.status).toBe('stopped');
  expect(captured.length).toBeLessThan(rounds.length);
  expect(captured.map(({ round }) => round)).toEqual(
    rounds.slice(0, captured.length).map(({ index }) => index),
  );
});

it('refuses to read a run whose prompt is another now, by turn', async () => {
  const job = fixtureJob('changed', models, { capture: { layers: 'last' } });
  const turns = [{ promptTokens: [1, 2, 3], rounds: [{ index: 0, ids: [5] }] }];
  await engine.client.recapture({ ...job, turns });
  await engine.until(() => engine.run('changed').end !== null);
  expect(engine.run('changed').end).toMatchObject({
    status: 'failed',
    reason: expect.stringMatching(/prompt of turn 1 is not the one that was recorded/),
  });
});

interface Maps {
  readonly layer: number;
  readonly scale: readonly number[];
  readonly data: string;
}

/**
 * The same maps but for the shape of the batch: a row within a tree and one within a chain are summed in another order, so
 * weights differ by 1e-5 at most, and by one step of 255 where that decides the rounding of a byte.
 */
function expectAlike(a: readonly Maps[], b: readonly Maps[]): void {
  expect(a.map((f) => f.layer)).toEqual(b.map((f) => f.layer));
  for (const [i, frame] of a.entries()) {
    const other = required(b[i], 'a frame');
    expect(frame.scale).toHaveLength(other.scale.length);
    for (const [row, scale] of frame.scale.entries()) {
      expect(Math.abs(scale - required(other.scale[row], 'a scale'))).toBeLessThan(1e-5);
    }
    const [one, two] = [frame, other].map(({ data }) => Buffer.from(data, 'base64'));
    expect(one?.length).toBe(two?.length);
    const worst = Math.max(0, ...Array.from(one ?? [], (byte, at) => Math.abs(byte - (two?.[at] ?? -9))));
    expect(worst).toBeLessThanOrEqual(1);
  }
}
