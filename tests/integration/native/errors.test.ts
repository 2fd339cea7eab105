import { copyFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NativeErrorCode, NativeModel } from '../../../src-main/engine/native/surface.ts';
import { type FixturePaths, fixtureModels } from '../../fixtures/gguf/index.ts';
import {
  argmax,
  contextOptions,
  crashFile,
  native,
  open,
  openModel,
  picture,
  prefill,
  step,
  wants,
} from './support.ts';

const text = [{ text: 'the cat', parseSpecial: false }];

function coded(code: NativeErrorCode, message: RegExp) {
  return expect.objectContaining({ code, message: expect.stringMatching(message) });
}

async function load(file: string): Promise<NativeModel> {
  const { addon } = await native();
  return addon.loadModel({ path: file, gpuLayers: 0, device: '' });
}

describe('files that are no model', () => {
  it.each([
    ['truncated', /tensor .* is not within the file bounds|read error|corrupted/],
    ['truncatedHeader', /read|unexpectedly|failed/],
    ['badMagic', /invalid magic|gguf/i],
    ['empty', /failed|read/],
    ['missingTensor', /blk\.3\.ffn_down\.weight/],
    ['absurdLength', /failed|length|read/],
    ['projector', /CLIP cannot be used as main model/],
  ] as const satisfies readonly (readonly [keyof FixturePaths, RegExp])[])('%s', async (name, reason) => {
    const file = (await fixtureModels())[name];
    const failure = load(file);
    await expect(failure).rejects.toEqual(coded('MODEL_LOAD', reason));
    await expect(failure).rejects.toThrow(file);
    await expect(failure).rejects.toMatchObject({ log: expect.arrayContaining([expect.any(String)]) });
  });

  it('a missing file and a folder', async () => {
    await expect(load('/nowhere/model.gguf')).rejects.toEqual(coded('MODEL_LOAD', /not found: \/nowhere/));
    await expect(load(import.meta.dirname)).rejects.toEqual(coded('MODEL_LOAD', /not found/));
  });

  it('a device that does not exist', async () => {
    const { addon } = await native();
    const { target } = await fixtureModels();
    const wrong = addon.loadModel({ path: target, gpuLayers: 0, device: 'CUDA7' });
    await expect(wrong).rejects.toEqual(coded('BAD_REQUEST', /"CUDA7"; there are: CPU/));
    const cpu = await addon.loadModel({ path: target, gpuLayers: -1, device: 'CPU' });
    expect(cpu.info.gpuLayers).toBe(0);
    await cpu.dispose();
  });

  it('loads from a path with spaces and letters outside ASCII', async () => {
    const { target } = await fixtureModels();
    const copy = path.join(path.dirname(crashFile), 'modèle 模型.gguf');
    copyFileSync(target, copy);
    const model = await load(copy);
    expect(model.info.arch).toBe('llama');
    await model.dispose();
  });
});

describe('projectors that do not fit', () => {
  it.each([
    ['target', 'wrongProjector', /mismatch.*n_embd = 128.*n_embd = 192/],
    ['target', 'target', /clip|vision|projector/i],
    ['target', 'badMagic', /magic|gguf|failed/i],
    ['draft', 'projector', /mismatch/],
  ] as const)('%s with %s', async (name, projector, reason) => {
    const model = await openModel(name);
    const file = (await fixtureModels())[projector];
    await expect(model.loadProjector({ path: file, gpu: false, threads: 1 })).rejects.toEqual(
      coded('PROJECTOR_LOAD', reason),
    );
    expect(model.projector).toBeNull();
    // The model still works.
    await model.createContext(contextOptions);
    await prefill(model, text);
    await model.dispose();
  });
});

describe('contexts that cannot be', () => {
  it.each([
    ['contextSize 0', { contextSize: 0 }, 'BAD_REQUEST', /contextSize must be between/],
    ['a batch of 0', { batchSize: 0 }, 'BAD_REQUEST', /batchSize/],
    [
      'a micro batch above the batch',
      { microBatch: 512 },
      'BAD_REQUEST',
      /microBatch must be between 1 and 256/,
    ],
    ['no threads', { threads: 0 }, 'BAD_REQUEST', /threads/],
    ['257 leaves', { maxLeaves: 257 }, 'BAD_REQUEST', /maxLeaves must be between 1 and 256/],
    ['half a token', { contextSize: 0.5 }, 'BAD_REQUEST', /whole number/],
    ['a thousand million tokens', { contextSize: 1e9 }, 'CONTEXT', /needs about \d+ MiB.*smaller context/],
  ] as const)('%s', async (_, options, code, reason) => {
    const model = await openModel('target');
    const failure = model.createContext({ ...contextOptions, ...options });
    await expect(failure).rejects.toEqual(coded(code, reason));
    expect(model.context).toBeNull();
    await expect(prefill(model, text)).rejects.toEqual(coded('BAD_REQUEST', /createContext/));
    await model.dispose();
  });
});

describe('requests', () => {
  let model: NativeModel;
  let reference: Float32Array;

  beforeEach(async () => {
    model = await open('target', { contextSize: 256, batchSize: 64, microBatch: 64, maxLeaves: 4 });
    await prefill(model, text);
    reference = model.logits(-1);
  });

  // Whatever was refused, the model decodes as before.
  afterEach(async () => {
    await prefill(model, text);
    expect(model.logits(-1)).toEqual(reference);
    await model.dispose();
  });

  const tree = (tokens: number[], parents: number[], rows = wants()) =>
    model.decodeTree({ tokens: Int32Array.from(tokens), parents: Int32Array.from(parents), wants: rows });

  it.each([
    ['no nodes', [], [], /at least one/],
    ['a different number of parents', [20, 21], [-1], /2 tokens and 1 parents/],
    ['a root with a parent', [20], [0], /node 0 has parent 0/],
    ['two roots', [20, 21], [-1, -1], /node 1 has parent -1/],
    ['a parent after its child', [20, 21, 22], [-1, 2, 0], /node 1 has parent 2/],
    ['a node below itself', [20, 21], [-1, 1], /node 1 has parent 1/],
    ['a negative token', [-1], [-1], /token id -1 is not in the vocabulary \(0\.\.614\)/],
    ['a token beyond the vocabulary', [20, 615], [-1, 0], /token id 615/],
    ['more leaves than reserved', [20, 1, 2, 3, 4, 5], [-1, 0, 0, 0, 0, 0], /5 leaves.*allows 4/],
  ])('a tree with %s', async (_, tokens, parents, reason) => {
    await expect(tree(tokens, parents)).rejects.toEqual(coded('BAD_REQUEST', reason));
    // The prefix is as it was.
    expect((await step(model, argmax(reference))).out.n).toBe(1);
  });

  it('a tree larger than a batch', async () => {
    const parents = Array.from({ length: 65 }, (_, i) => i - 1);
    await expect(
      tree(
        parents.map(() => 20),
        parents,
      ),
    ).rejects.toEqual(coded('BAD_REQUEST', /65 new nodes.*batchSize 64/));
  });

  it('a refused tree leaves the open one as it was', async () => {
    await tree([20, 21], [-1, 0]);
    await expect(tree([20, 700], [-1, 0])).rejects.toEqual(coded('BAD_REQUEST', /700/));
    expect(model.accept(Int32Array.of(0, 1)).nPast).toBe(5);
  });

  it.each([
    ['topK 0', { topK: 0 }, /topK must be between 1 and 64/],
    ['topK 65', { topK: 65 }, /topK/],
    ['a layer too many', { layers: Int32Array.of(4) }, /layer must be between 0 and 3, not 4/],
    ['a negative layer', { layers: Int32Array.of(-1) }, /layer/],
    ['a layer twice', { layers: Int32Array.of(1, 1) }, /twice/],
    ['patches without layers', { patches: true }, /at least one layer/],
  ])('%s', async (_, more, reason) => {
    await expect(tree([20], [-1], wants(more))).rejects.toEqual(coded('BAD_REQUEST', reason));
  });

  it('attention without capture', async () => {
    const plain = await open('target', { capture: false });
    await expect(prefill(plain, text, wants({ layers: Int32Array.of(0) }))).rejects.toEqual(
      coded('BAD_REQUEST', /without capture/),
    );
    await plain.dispose();
  });

  it('paths that are no chain from the root', async () => {
    await tree([20, 21, 22], [-1, 0, 0]);
    expect(() => model.accept(Int32Array.of(1))).toThrow(coded('BAD_REQUEST', /not a chain/));
    expect(() => model.accept(Int32Array.of(0, 1, 2))).toThrow(
      coded('BAD_REQUEST', /node 2 is no child of node 1/),
    );
    expect(() => model.accept(Int32Array.of(0, 3))).toThrow(coded('BAD_REQUEST', /node 3/));
    expect(() => model.accept(Int32Array.of(-1))).toThrow(coded('BAD_REQUEST', /node -1/));
    expect(model.accept(Int32Array.of(0, 2)).nPast).toBe(5);
    expect(() => model.accept(Int32Array.of(0))).toThrow(coded('BAD_REQUEST', /not in the tree/));
  });

  it('rollback outside the prefix, logits that are gone', () => {
    expect(() => model.rollback(-1)).toThrow(coded('BAD_REQUEST', /-1/));
    expect(() => model.rollback(99)).toThrow(coded('BAD_REQUEST', /ends at 3/));
    expect(() => model.logits(0)).toThrow(coded('BAD_REQUEST', /node 0/));
    expect(() => model.pieces(Int32Array.of(615))).toThrow(coded('BAD_REQUEST', /615/));
  });

  it('a tree on an empty cache', async () => {
    model.reset();
    await expect(tree([20], [-1])).rejects.toEqual(coded('BAD_REQUEST', /call prefill/));
  });

  it('an empty prompt, and prompts with wrong parts', async () => {
    const bare = model.prefill({ parts: [], addSpecial: false, wants: wants() });
    await expect(bare).rejects.toEqual(coded('BAD_REQUEST', /empty/));
    await expect(prefill(model, [{ tokens: Int32Array.of(615) }])).rejects.toEqual(
      coded('BAD_REQUEST', /615/),
    );
    await expect(prefill(model, [picture(8, 8)])).rejects.toEqual(coded('BAD_REQUEST', /no projector/));
  });

  it.each([
    ['no pixels', 0, 10, 0, /no content/],
    ['too few bytes', 10, 10, 299, /300 bytes, got 299/],
    ['too many bytes', 10, 10, 301, /got 301/],
    ['too many pixels', 20000, 1, 60000, /too large/],
    ['a hair line', 1, 201, 603, /too narrow/],
    ['a negative size', -1, 3, 0, /negative/],
  ])('an image with %s', async (_, width, height, bytes, reason) => {
    const image = { image: { width, height, rgb: new Uint8Array(bytes) } };
    await expect(prefill(model, [image])).rejects.toEqual(coded('BAD_REQUEST', reason));
  });

  it('a prompt, then a tree, that the context cannot hold', async () => {
    const ids = Int32Array.from({ length: 300 }, () => 20);
    await expect(prefill(model, [{ tokens: ids }])).rejects.toEqual(
      coded('CONTEXT_FULL', /the prompt has 301 tokens, but the context holds 256; choose a larger context/),
    );
    await prefill(model, [{ tokens: ids.slice(0, 250) }]);
    await expect(tree([1, 2, 3, 4, 5, 6], [-1, 0, 1, 2, 3, 4])).rejects.toEqual(
      coded('CONTEXT_FULL', /251 of 256 cells are used and 6 more/),
    );
    // Five fit, and can be replaced by five others.
    await tree([1, 2, 3, 4, 5], [-1, 0, 1, 2, 3]);
    await tree([5, 4, 3, 2, 1], [-1, 0, 0, 2, 0]);
    const grow = model.growTree({ tokens: Int32Array.of(1), parents: Int32Array.of(0), wants: wants() });
    await expect(grow).rejects.toEqual(coded('CONTEXT_FULL', /256 of 256/));
    expect(model.accept(Int32Array.of(0, 2, 3)).nCells).toBe(254);
  });
});

describe('models that cannot do trees', () => {
  it('say so in every call that needs them', async () => {
    const mamba = await open('mamba', { capture: false });
    await prefill(mamba, text);
    const part = { tokens: Int32Array.of(20), parents: Int32Array.of(-1), wants: wants() };
    await expect(mamba.decodeTree(part)).rejects.toEqual(coded('UNSUPPORTED', /recurrent/));
    expect(() => mamba.accept(Int32Array.of(0))).toThrow(coded('UNSUPPORTED', /recurrent/));
    expect(() => mamba.rollback(1)).toThrow(coded('UNSUPPORTED', /recurrent/));
    await mamba.dispose();
  });

  it('have no attention to read', async () => {
    const mamba = await open('mamba');
    await expect(prefill(mamba, text, wants({ layers: Int32Array.of(0) }))).rejects.toEqual(
      coded('UNSUPPORTED', /layer 0 has no readable attention/),
    );
    await mamba.dispose();
  });
});

describe('arguments of a wrong type', () => {
  it('are refused by name', async () => {
    const { addon } = await native();
    const model = await open('target');
    const wrong = (call: (target: Record<string, (...values: unknown[]) => unknown>) => unknown) =>
      Reflect.apply(call, null, [model]);
    await expect(Reflect.apply(addon.loadModel, addon, [{ path: 3 }])).rejects.toEqual(
      coded('BAD_REQUEST', /path must be a string/),
    );
    await expect(
      wrong((m) => m.prefill?.({ parts: 'text', addSpecial: true, wants: wants() })),
    ).rejects.toEqual(coded('BAD_REQUEST', /parts must be an array/));
    await expect(
      wrong((m) => m.prefill?.({ parts: [{}], addSpecial: true, wants: wants() })),
    ).rejects.toEqual(coded('BAD_REQUEST', /text, tokens or image/));
    await expect(
      wrong((m) => m.decodeTree?.({ tokens: [1], parents: new Int32Array(1), wants: wants() })),
    ).rejects.toEqual(coded('BAD_REQUEST', /tokens must be an Int32Array/));
    await expect(wrong((m) => m.decodeTree?.())).rejects.toEqual(coded('BAD_REQUEST', /argument 1/));
    expect(() => wrong((m) => m.accept?.())).toThrow(coded('BAD_REQUEST', /path/));
    expect(() => wrong((m) => m.tokenize?.(5))).toThrow(coded('BAD_REQUEST', /text must be a string/));
    await model.dispose();
  });
});
