import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readGgufFileInfo } from 'node-llama-cpp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FileHashes } from '../../../src-main/models/file-hash.ts';
import { headFits } from '../../../src-main/models/fit.ts';
import { elementsOf, tensorTypes } from '../../../src-main/models/gguf/format.ts';
import { type HeaderTensor, readGgufLayout } from '../../../src-main/models/gguf/header.ts';
import { inflateModel } from '../../../src-main/models/inflate/inflate.ts';
import { fileLabel } from '../../../src-main/models/inflate/label.ts';
import { planInflate } from '../../../src-main/models/inflate/plan.ts';
import { describeModel } from '../../../src-main/models/list.ts';
import { readDecoderMetadata, readHeadMetadata } from '../../../src-main/models/metadata.ts';
import { decoder, TARGET_SHAPE } from '../../fixtures/gguf/decoders.ts';
import { draftHead } from '../../fixtures/gguf/heads.ts';
import { type FixturePaths, fixtureModels } from '../../fixtures/gguf/index.ts';
import { smallVocabulary } from '../../fixtures/gguf/vocabulary.ts';
import { encodeGguf } from '../../fixtures/gguf/writer.ts';

let folder: string;
let fixtures: FixturePaths;
const hashes = new FileHashes(null);
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'specula-inflate-'));
  fixtures = await fixtureModels();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let files = 0;
const inflate = async (from: string, megabytes: number) => {
  const out = path.join(folder, `${files++}.gguf`);
  return { out, plan: await inflateModel({ from, out, megabytes, hashes }) };
};

/** Reads F32 tensors of a file by name. */
async function tensorsOf(file: string): Promise<(name: string) => Float32Array> {
  const { tensors } = await readGgufLayout(file);
  const bytes = await readFile(file);
  return (name) => {
    const found = tensors.find((tensor) => tensor.name === name);
    if (found === undefined) throw new Error(`no ${name}`);
    const start = bytes.byteOffset + found.start;
    return new Float32Array(bytes.buffer.slice(start, start + elementsOf(found.shape) * 4));
  };
}

const same = (a: Float32Array, b: Float32Array): boolean =>
  Buffer.from(a.buffer).equals(Buffer.from(b.buffer));

describe('inflateModel', () => {
  it('keeps metadata, vocabulary and template, and says what it is', async () => {
    const { out, plan } = await inflate(fixtures.target, 12);
    const [before, after] = [await readDecoderMetadata(fixtures.target), await readDecoderMetadata(out)];
    const factor = plan.touched.after / plan.touched.before;
    expect(after.vocabulary).toEqual(before.vocabulary);
    expect(after.chatTemplate).toBe(before.chatTemplate);
    expect(after).toMatchObject({
      arch: 'llama',
      layers: plan.shape.layers,
      embedding: before.embedding,
      heads: before.heads,
      trainedContext: before.trainedContext,
      name: `${before.name}, inflated x${factor.toFixed(1)}`,
    });
    expect(after.inflated?.factor).toBeCloseTo(factor, 4);
    expect(after.inflated?.firstLayer).toBe(before.layers - 1);
    expect(before.inflated).toBeNull();
    const { metadata } = await readGgufFileInfo(out, { logWarnings: false });
    expect(metadata).toMatchObject({
      llama: { block_count: plan.shape.layers, feed_forward_length: plan.shape.feedForward },
      specula: {
        inflated: {
          source_name: before.name,
          source_sha256: await hashes.of(fixtures.target),
          first_layer: 3,
          layers: plan.inserted.count,
        },
      },
    });
    expect(await describeModel(out, 'x', hashes)).toMatchObject({
      problem: null,
      inflated: after.inflated?.factor,
    });
    expect(await fileLabel(out)).toBe(`${path.basename(out)} (inflated x${factor.toFixed(1)})`);
    expect(await fileLabel(fixtures.target)).toBe('target.gguf');
  });

  it('reads as much per token as was asked for, and little more', async () => {
    for (const megabytes of [6, 9, 12]) {
      const { out, plan } = await inflate(fixtures.target, megabytes);
      expect(plan.touched.after).toBeGreaterThanOrEqual(megabytes * 1e6);
      expect(plan.touched.after).toBeLessThan(megabytes * 1.25e6);
      const { tensors } = await readGgufLayout(out);
      const read = tensors.filter(({ name }) => name !== 'token_embd.weight');
      expect(read.reduce((sum, { shape }) => sum + 4 * elementsOf(shape), 0)).toBe(plan.touched.after);
    }
  });

  it('moves the last layer, puts identities before it, and pads with zeros behind', async () => {
    const { out, plan } = await inflate(fixtures.target, 12);
    const last = plan.shape.layers - 1;
    const [grown, own] = [await tensorsOf(out), await tensorsOf(fixtures.target)];
    for (const [was, is] of [
      ['blk.0.attn_q.weight', 'blk.0.attn_q.weight'],
      ['blk.3.attn_q.weight', `blk.${last}.attn_q.weight`],
      ['output.weight', 'output.weight'],
      ['token_embd.weight', 'token_embd.weight'],
    ] as const) {
      expect(same(grown(is), own(was)), is).toBe(true);
    }
    const [from, to] = [256, plan.shape.feedForward];
    expect(to).toBeGreaterThan(from);
    const gate = grown(`blk.${last}.ffn_gate.weight`);
    expect(same(gate.slice(0, from * 128), own('blk.3.ffn_gate.weight'))).toBe(true);
    expect(gate.slice(from * 128).filter((value) => value === 0).length).toBe(0);
    const [down, oldDown] = [grown(`blk.${last}.ffn_down.weight`), own('blk.3.ffn_down.weight')];
    for (const row of [0, 1, 127]) {
      expect(same(down.slice(row * to, row * to + from), oldDown.slice(row * from, (row + 1) * from))).toBe(
        true,
      );
      expect(down.slice(row * to + from, (row + 1) * to).every((value) => value === 0)).toBe(true);
    }
    for (let layer = 3; layer < last; layer++) {
      for (const zero of ['attn_output', 'ffn_down']) {
        expect(grown(`blk.${layer}.${zero}.weight`).every((value) => value === 0)).toBe(true);
      }
      const random = grown(`blk.${layer}.ffn_up.weight`);
      const spread = Math.sqrt(random.reduce((sum, value) => sum + value ** 2, 0) / random.length);
      expect(spread).toBeCloseTo(128 ** -0.5, 3);
    }
  });

  it('gives the new layers of qwen2vl their biases', async () => {
    const { out } = await inflate(fixtures.qwen2vl, 12);
    expect((await tensorsOf(out))('blk.3.attn_q.bias').filter((value) => value !== 0).length).toBeGreaterThan(
      100,
    );
  });

  it('refuses what cannot grow, naming the file and why', async () => {
    const fails = (file: string, megabytes = 12) => expect(inflate(file, megabytes)).rejects;
    await fails(fixtures.mamba).toThrow(
      /mamba\.gguf: it cannot be inflated: its architecture is mamba; llama, qwen2, qwen2vl can be/,
    );
    await fails(fixtures.target, 1).toThrow(/one token reads as much already/);
    await fails(fixtures.badMagic).toThrow(/no GGUF file/);
    await fails((await inflate(fixtures.target, 12)).out).toThrow(/inflated already/);
    const odd = path.join(folder, 'odd.gguf');
    await writeFile(odd, encodeGguf(decoder({ ...TARGET_SHAPE, feedForward: 200 }, smallVocabulary(), 1)));
    await fails(odd).toThrow(/feed-forward width 200 is no multiple of 64/);
    const { out } = await inflate(fixtures.target, 12);
    await expect(inflateModel({ from: fixtures.target, out, megabytes: 12, hashes })).rejects.toThrow(
      /exists already/,
    );
  });

  it('takes heads that read layers of the model that it was made from, and no others', async () => {
    const { out } = await inflate(fixtures.target, 12);
    const target = await readDecoderMetadata(out);
    const fits = async (...featureLayers: number[]) => {
      const head = path.join(folder, 'head.gguf');
      await writeFile(head, encodeGguf(draftHead({ kind: 'eagle3', featureLayers }, 3)));
      return headFits(target, await readHeadMetadata(head));
    };
    expect(await fits(-1, 0, 2)).toEqual({ ok: true });
    expect(await fits(0, 1, 3)).toMatchObject({
      reason: expect.stringMatching(/layer 3, which inflating has put into .* reads layers below 3/),
    });
  });
});

describe('planInflate', () => {
  const tensor = (name: string, shape: number[], type: number = tensorTypes.f16): HeaderTensor => ({
    name,
    shape,
    type,
    start: 0,
    room: elementsOf(shape),
  });
  const layer = (at: number) => [
    tensor(`blk.${at}.attn_norm.weight`, [8], tensorTypes.f32),
    tensor(`blk.${at}.attn_output.weight`, [8, 8]),
    tensor(`blk.${at}.ffn_gate.weight`, [8, 64]),
    tensor(`blk.${at}.ffn_up.weight`, [8, 64]),
    tensor(`blk.${at}.ffn_down.weight`, [64, 8]),
  ];
  const shape = { layers: 2, feedForward: 64 };
  const embedding = tensor('token_embd.weight', [8, 1000]);

  it('counts the embedding only where it is the output matrix too', () => {
    const layers = [...layer(0), ...layer(1)];
    const own = 2 * (8 * 4 + 8 * 8 * 2 + 3 * 8 * 64 * 2);
    const tied = planInflate([embedding, ...layers], shape, 1);
    expect(tied.touched.before).toBe(own + 16_000);
    const output = tensor('output.weight', [8, 1000]);
    expect(planInflate([embedding, output, ...layers], shape, 1).touched.before).toBe(own + 16_000);
  });

  it('keeps types of own layers, and makes new layers F32', () => {
    const { tensors, inserted } = planInflate([embedding, ...layer(0), ...layer(1)], shape, 1);
    expect(inserted).toEqual({ first: 1, count: 4 });
    const types = tensors.flatMap((one) => (one.kind === 'kept' ? [] : [[one.name.slice(0, 5), one.type]]));
    expect(new Set(types.map(String))).toEqual(
      new Set(['blk.0,f16', 'blk.5,f16', 'blk.1,f32', 'blk.2,f32', 'blk.3,f32', 'blk.4,f32']),
    );
  });

  it('refuses quantised layers and tensors that it does not know', () => {
    const quantised = tensor('blk.0.ffn_gate.weight', [8, 64], 12);
    expect(() => planInflate([quantised], shape, 1)).toThrow(/quantised; take the model in F16/);
    expect(() => planInflate([tensor('blk.0.ffn_gate_inp.weight', [8, 4])], shape, 1)).toThrow(
      /none of a plain llama/,
    );
  });
});
