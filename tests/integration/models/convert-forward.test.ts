/** Heads in their published layouts, converted, loaded and run: the scores that PyTorch gave (make_forward.py). */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { NativeModel } from '../../../src-main/engine/native/surface.ts';
import { convertHead } from '../../../src-main/models/heads/convert.ts';
import {
  draftedPath,
  featureLayers,
  forwardHeads,
  openTarget,
  prompt,
} from '../../fixtures/checkpoint/forward.ts';
import { safetensors } from '../../fixtures/checkpoint/write.ts';

const golden = z
  .object({ root: z.number(), heads: z.record(z.string(), z.array(z.array(z.number()))) })
  .parse(
    JSON.parse(readFileSync(new URL('../../fixtures/checkpoint/forward.json', import.meta.url), 'utf8')),
  );

const folder = mkdtempSync(path.join(tmpdir(), 'specula-forward-'));
let model: NativeModel;
beforeAll(async () => {
  model = await openTarget();
});
afterAll(async () => {
  await model.dispose();
  rmSync(folder, { recursive: true, force: true });
});

/** Largest difference, as a share of a row's largest score: the target's states differ a little between CPUs. */
const tolerance = { f32: 1e-4, f16: 1e-2 } as const;

describe.each(forwardHeads)('$name', ({ name, head: { config, state } }) => {
  test.each(['f32', 'f16'] as const)('%s: the scores after the root and along a draft', async (type) => {
    const from = path.join(folder, `${name}-${type}`);
    mkdirSync(from);
    writeFileSync(path.join(from, 'config.json'), JSON.stringify(config));
    writeFileSync(path.join(from, 'model.safetensors'), safetensors(state.map(([one]) => one)));
    const out = path.join(folder, `${name}-${type}.gguf`);
    const { plan } = await convertHead({
      from,
      out,
      kind: null,
      target: null,
      embeddings: true,
      skipUnknown: false,
      type,
      featureLayers: name === 'eagle3' ? featureLayers : null,
    });
    const head = await model.loadHead({ path: out, threads: 1 });
    expect(head.info.kind).toBe(plan.kind);
    const { root } = await prompt(model, head.info.featureLayers);
    expect(root).toBe(golden.root);
    await head.begin();
    await head.start({ root, topK: 4 });
    const rows = Array.from({ length: head.info.startRows }, (_, row) => head.logits(row));
    for (const [at, token] of head.info.treeNodes === 0 ? [] : draftedPath.entries()) {
      await head.grow({ tokens: Int32Array.of(token), parents: Int32Array.of(at - 1), topK: 4 });
      rows.push(head.logits(0));
    }
    await head.dispose();
    const wanted = golden.heads[name] ?? [];
    expect(rows.length).toBe(wanted.length);
    for (const [row, scores] of wanted.entries()) {
      const worst = Math.max(...scores.map((score, at) => Math.abs(score - (rows[row]?.[at] ?? Number.NaN))));
      const largest = Math.max(...scores.map(Math.abs));
      expect(worst / largest, `row ${row}`).toBeLessThan(tolerance[type]);
    }
  });
});
