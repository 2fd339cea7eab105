import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import type { NativeModel } from '../../../src-main/engine/native/surface.ts';
import { encodeGguf } from '../../fixtures/gguf/writer.ts';
import { gemmaDecoder, gemmaProjector, WINDOW } from './gemma.ts';
import { random } from './shapes.ts';
import {
  at,
  contextOptions,
  crashFile,
  maxDifference,
  native,
  numbers,
  prefill,
  step,
  sum,
  wants,
} from './support.ts';

const folder = path.dirname(crashFile);
const files = { model: path.join(folder, 'gemma.gguf'), projector: path.join(folder, 'gemma-mmproj.gguf') };
const everything = wants({ layers: Int32Array.of(0, 1, 2, 3), patches: true });

beforeAll(() => {
  writeFileSync(files.model, encodeGguf(gemmaDecoder(3)));
  writeFileSync(files.projector, encodeGguf(gemmaProjector(4)));
});

async function openGemma(microBatch = 128): Promise<NativeModel> {
  const { addon } = await native();
  const model = await addon.loadModel({ path: files.model, gpuLayers: 0, device: '' });
  await model.loadProjector({ path: files.projector, gpu: false, threads: 1 });
  await model.createContext({ ...contextOptions, microBatch });
  return model;
}

it('a sliding-window model verifies trees and reads attention of both its caches', async () => {
  const model = await openGemma();
  expect(model.info).toMatchObject({ arch: 'gemma3', slidingWindow: WINDOW, treesRefused: null });
  expect(model.projector?.nonCausal).toBe(true);
  const first = await prefill(model, undefined, everything);
  expect(first.imageTokens).toBe(36);

  const next = numbers(5);
  const accepted: { token: number; row: Float32Array; shares: number[] }[] = [];
  const cells: number[] = [];
  for (let round = 0; round < 8; round++) {
    const parents = random(24, 10, 80 + round);
    const tokens = Int32Array.from(parents, () => 3 + next(600));
    const out = await model.decodeTree({ tokens, parents, wants: everything });
    const path: number[] = [];
    for (let node = parents.length - 1; node >= 0; node = at(parents, node)) path.unshift(node);
    for (const node of path) {
      const shares = [0, 1, 2, 3].map((layer) => [
        ...out.shares.slice((layer * out.n + node) * 4).slice(0, 4),
      ]);
      for (const layer of shares) expect(sum(layer)).toBeCloseTo(1, 5);
      accepted.push({ token: at(tokens, node), row: model.logits(node), shares: shares.flat() });
      cells.push(at(out.cells, node));
    }
    model.accept(Int32Array.from(path));
  }
  expect(cells.some((cell, i) => i > 0 && cell !== at(cells, i - 1) + 1)).toBe(true);

  await prefill(model);
  for (const { token, row, shares } of accepted) {
    const { out, logits } = await step(model, token, everything);
    expect(maxDifference(row, logits)).toBeLessThan(1e-3);
    for (const [i, share] of shares.entries()) expect(Math.abs(share - at(out.shares, i))).toBeLessThan(1e-5);
  }
  // By now the image has left the window of layer 0, but layer 1 sees everything.
  expect(accepted.length).toBeGreaterThan(WINDOW);
  const last = accepted.at(-1)?.shares ?? [];
  expect(last[1]).toBe(0);
  expect(at(last, 5)).toBeGreaterThan(0);

  // Rolling back brings a cell that had left the window into it again.
  const steps = 2 * WINDOW;
  const { nPast } = model.rollback(first.nPast + steps - 1);
  expect(nPast).toBe(first.nPast + steps - 1);
  const again = await step(model, accepted[steps - 1]?.token ?? 0);
  expect(maxDifference(again.logits, accepted[steps - 1]?.row ?? new Float32Array())).toBeLessThan(1e-3);
  await model.dispose();
});

it('an image that is looked at as a whole must fit one micro batch', async () => {
  const model = await openGemma(32);
  await expect(prefill(model)).rejects.toMatchObject({
    code: 'BAD_REQUEST',
    message: expect.stringMatching(/microBatch and batchSize must be at least 36/),
  });
  await prefill(model, [{ text: 'the cat', parseSpecial: false }]);
  await model.dispose();
});
