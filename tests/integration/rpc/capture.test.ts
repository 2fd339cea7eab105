import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RoundDetail, RunDetail } from '#shared/contract/calls.ts';
import { required } from '#shared/domain/assert.ts';
import type { CaptureSpec } from '#shared/domain/capture.ts';
import type { RunSpec } from '#shared/domain/run.ts';
import { Bench, builtInSpec } from './bench.ts';

let bench: Bench;
beforeAll(() => {
  bench = new Bench();
});
afterAll(() => bench.close());

const off = { mode: 'off', threshold: 0.35 } as const;
const everything: CaptureSpec = { layers: 'all', heads: true };
const open = (runId: string): Promise<RunDetail> => bench.call('runs.open', { runId });

async function finished(change: Partial<RunSpec>): Promise<string> {
  const { runId } = await bench.call('runs.start', {
    spec: builtInSpec({ gate: off, ...change }),
    step: false,
  });
  expect((await bench.ended(runId)).reason).toBeNull();
  return runId;
}

async function details(run: RunDetail): Promise<RoundDetail[]> {
  const runId = run.summary.id;
  return await Promise.all(run.rounds.map(({ index }) => bench.call('runs.round', { runId, index })));
}

/** Values of the maps of one layer, or of one head, token by token. */
async function maps(runId: string, layer: number, head: number | null): Promise<number[][]> {
  const found = await bench.call('runs.attention', { runId, layer, head, from: 0, count: 1024 });
  return found.flatMap(({ frame }) => {
    const bytes = Buffer.from(frame.data, 'base64');
    return frame.scale.map((scale, row) =>
      Array.from(bytes.subarray(row * frame.patches, (row + 1) * frame.patches), (b) => (b / 255) * scale),
    );
  });
}

/** Of a map's largest value: one step of a byte, where a sum in another order decides its rounding, and a little. */
const tolerance = 1.01 / 255;

test('a run that recorded nothing gets what a live run records; its tokens stay', async () => {
  const bare = await finished({ capture: { layers: 'none' } });
  const live = await finished({ capture: everything });
  const before = await open(bare);
  expect(before.tokens.every(({ shares, score }) => shares === null && score === null)).toBe(true);
  expect((await details(before)).every(({ attention }) => attention.length === 0)).toBe(true);
  expect(await bench.call('runs.heads', { runId: bare, round: 1, layer: 0 })).toBeNull();

  expect(await bench.call('runs.capture', { runId: bare, capture: everything })).toEqual({ status: 'done' });
  expect(bench.of('run.captured').every(({ runId }) => runId === bare)).toBe(true);
  expect(bench.of('run.captured').length).toBeGreaterThan(0);
  const after = await open(bare);
  const unseen = (run: RunDetail) => run.tokens.map((token) => ({ ...token, score: null, shares: null }));
  expect(unseen(after)).toEqual(unseen(before));
  expect({ ...after, tokens: [] }).toEqual({ ...before, tokens: [] });

  const same = await open(live);
  expect(after.tokens.map(({ id }) => id)).toEqual(same.tokens.map(({ id }) => id));
  for (const [i, { score, shares }] of after.tokens.entries()) {
    const token = required(same.tokens[i], 'the token of the live run');
    expect(score).toBeCloseTo(required(token.score, 'its score'), 4);
    expect(shares?.text).toBeCloseTo(required(token.shares, 'its shares').text, 4);
  }
  const { layers = 0, heads = 0 } = await target();
  expect(layers).toBeGreaterThan(1);
  expect((await details(after)).every((d) => d.headLayers.length === layers)).toBe(true);
  for (let layer = 0; layer < layers; layer++) {
    for (const head of [null, 0, heads - 1]) {
      const [read, recorded] = [await maps(bare, layer, head), await maps(live, layer, head)];
      expect(read).toHaveLength(after.tokens.length);
      for (const [t, map] of read.entries()) {
        const other = required(recorded[t], 'the live map');
        const worst = Math.max(...map.map((value, p) => Math.abs(value - (other[p] ?? -1))));
        expect(worst).toBeLessThanOrEqual(Math.max(...other) * tolerance + 1e-5);
      }
    }
  }
});

async function target(): Promise<{ layers?: number; heads?: number }> {
  const { files } = await bench.call('models.list', {});
  const file = files.find(({ id }) => id === 'specula-tiny-target');
  return { layers: file?.layers ?? 0, heads: file?.heads ?? 0 };
}

test('what is recorded stays as it is; only what is missing is added', async () => {
  const runId = await finished({ capture: { layers: [1] } });
  const before = await details(await open(runId));
  await bench.call('runs.capture', { runId, capture: { layers: [0, 1] } });
  const after = await details(await open(runId));
  for (const [i, { attention }] of after.entries()) {
    expect(attention.map(({ layer }) => layer)).toEqual([0, 1]);
    expect(attention[1]).toEqual(before[i]?.attention[0]);
  }
});

test("a fork's shared rounds get their attention where they are stored, with the parent", async () => {
  const parent = await finished({ capture: { layers: 'none' } });
  const { runId } = await bench.call('runs.fork', {
    parent,
    round: 3,
    step: false,
    change: { method: { name: 'ar' }, draft: null },
    force: null,
    questions: [],
  });
  await bench.ended(runId);
  await bench.call('runs.capture', { runId, capture: { layers: 'last' } });
  const fork = await details(await open(runId));
  expect(fork.every(({ attention }) => attention.length === 1)).toBe(true);
  const own = await details(await open(parent));
  expect(own.map(({ attention }) => attention.length)).toEqual(own.map((_, round) => (round < 3 ? 1 : 0)));
  expect(own.slice(0, 3)).toEqual(fork.slice(0, 3));
});

test('what cannot be read again says why', async () => {
  const runId = await finished({ maxTokens: 4 });
  const capture = (change: CaptureSpec, id = runId) =>
    bench.call('runs.capture', { runId: id, capture: change });
  await expect(capture({ layers: 'none' })).rejects.toThrow('choose the score or layers');
  await expect(capture({ layers: [99] })).rejects.toThrow('Layer 99 cannot be recorded');
  await expect(capture({ layers: 'last' }, 'nope')).rejects.toThrow('There is no run nope');
  const paused = await bench.call('runs.start', { spec: builtInSpec({ gate: off }), step: true });
  await bench.until(() => bench.latest(paused.runId)?.status === 'paused');
  await expect(capture({ layers: 'last' })).rejects.toThrow('still live');
  await bench.call('runs.control', { runId: paused.runId, action: 'stop' });
  await bench.ended(paused.runId);
  // Stopped runs are read as far as they came.
  expect(await capture({ layers: 'all' }, paused.runId)).toEqual({ status: 'done' });
});
