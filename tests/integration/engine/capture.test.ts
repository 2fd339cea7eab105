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
