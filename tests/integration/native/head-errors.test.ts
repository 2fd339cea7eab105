/** Every broken head file and every wrong call is a rejected promise that names the reason, and the engine goes on. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NativeErrorCode, NativeHead, NativeModel } from '../../../src-main/engine/native/surface.ts';
import type { HeadKind } from '../../../src-shared/domain/head.ts';
import {
  absurdLength,
  badMagic,
  truncated,
  truncatedHeader,
  withoutTensor,
} from '../../fixtures/gguf/corrupt.ts';
import { decoder, TARGET_SHAPE } from '../../fixtures/gguf/decoders.ts';
import { draftHead } from '../../fixtures/gguf/heads.ts';
import { fixtureModels } from '../../fixtures/gguf/index.ts';
import { fullVocabulary } from '../../fixtures/gguf/vocabulary.ts';
import { encodeGguf, type GgufContent, type MetadataValue, type Tensor } from '../../fixtures/gguf/writer.ts';
import { at, contextOptions, imagePrompt, native, open, wants } from './support.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'specula-head-errors-'));
let files = 0;
function write(bytes: Uint8Array): string {
  const file = path.join(folder, `${files++}.gguf`);
  writeFileSync(file, bytes);
  return file;
}

function coded(code: NativeErrorCode, message: RegExp) {
  return expect.objectContaining({ code, message: expect.stringMatching(message) });
}

const good = draftHead({ kind: 'eagle' }, 31);
const withKey = (content: GgufContent, key: string, value: MetadataValue | null): GgufContent => {
  const metadata = new Map(content.metadata);
  if (value === null) metadata.delete(key);
  else metadata.set(key, value);
  return { ...content, metadata };
};
const key = (name: string, value: MetadataValue | null, kind: HeadKind = 'eagle'): GgufContent =>
  withKey(draftHead({ kind }, 31), `specula-head.${name}`, value);
const withTensor = (content: GgufContent, tensor: Tensor): GgufContent => ({
  ...content,
  tensors: [...content.tensors.filter((t) => t.name !== tensor.name), tensor],
});
const zeros = (name: string, shape: readonly number[]): Tensor => ({
  name,
  shape,
  data: new Float32Array(shape.reduce((a, b) => a * b, 1)),
});

let model: NativeModel;
beforeAll(async () => {
  model = await open('target', { projector: 'projector' });
});
afterAll(() => model.dispose());

const load = (file: string) => model.loadHead({ path: file, threads: 1 });

/** The model still takes a good head, and still decodes. */
async function expectAlive(): Promise<void> {
  const head = await load(write(encodeGguf(good)));
  await model.createContext({ ...contextOptions, features: head.info.featureLayers });
  const out = await model.prefill({ parts: imagePrompt, addSpecial: true, wants: wants() });
  await head.begin();
  const rows = await head.start({ root: at(out.row.topIds, 0), topK: 3 });
  expect(rows.topIds).toHaveLength(3);
  await head.dispose();
}

describe('files that are no head', () => {
  const bytes = encodeGguf(good);
  it.each<[string, () => Uint8Array, RegExp]>([
    [
      'cut off in the tensor data',
      () => truncated(bytes),
      /tensor .* reaches behind the end of the file: it is cut off/,
    ],
    ['cut off in the header', () => truncatedHeader(bytes), /no GGUF file, or cut off or damaged/],
    ['of another magic', () => badMagic(bytes), /no GGUF file/],
    ['empty', () => new Uint8Array(), /no GGUF file/],
    ['with an absurd length', () => absurdLength(bytes), /no GGUF file/],
    [
      'a whole model',
      () => encodeGguf(decoder({ ...TARGET_SHAPE, layers: 1 }, fullVocabulary(), 1)),
      /architecture is "llama"/,
    ],
  ])('%s', async (_what, make, reason) => {
    const file = write(make());
    const failure = load(file);
    await expect(failure).rejects.toEqual(coded('HEAD_LOAD', reason));
    await expect(failure).rejects.toThrow(file);
    await expectAlive();
  });

  it('a missing file and a folder', async () => {
    await expect(load('/nowhere/head.gguf')).rejects.toEqual(coded('HEAD_LOAD', /not found: \/nowhere/));
    await expect(load(folder)).rejects.toEqual(coded('HEAD_LOAD', /not found/));
  });
});

describe('heads with a fault', () => {
  it.each<[string, GgufContent, RegExp]>([
    ['no kind', key('kind', null), /metadata specula-head.kind is missing/],
    ['an unknown kind', key('kind', 'hydra'), /kind "hydra" is not known/],
    ['another layout', key('layout', { u32: 2 }), /its layout is 2, this version reads 1/],
    ['no width', key('embedding_length', null), /specula-head.embedding_length is missing/],
    ['a width of the wrong type', key('embedding_length', '128'), /embedding_length must be a u32/],
    ['no heads', key('head_count', { u32: 0 }), /head_count is 0/],
    [
      'heads that cannot be shared',
      key('head_count_kv', { u32: 3 }),
      /head_count 4 is no multiple of head_count_kv 3/,
    ],
    ['an odd head length', key('head_length', { u32: 33 }), /head_length 33 is odd/],
    ['no epsilon', key('rms_epsilon', { f32: 0 }), /rms_epsilon must be a positive number/],
    [
      'a rope base that is no number',
      key('rope_base', { f32: Number.NaN }),
      /rope_base must be a positive number/,
    ],
    ['an unknown rope type', key('rope_type', 'yarn'), /rope_type "yarn" is not known/],
    [
      'two feature layers',
      key('feature_layers', { i32s: [0, 1] }, 'eagle3'),
      /feature_layers must be three i32/,
    ],
    [
      'queries of another width',
      key('query_heads', { u32: 3 }, 'vispec'),
      /128 is no multiple of query_heads 3/,
    ],
    ['an unknown tensor', withTensor(good, zeros('extra.weight', [4])), /has no tensor extra.weight/],
    [
      'a wrong shape',
      withTensor(good, zeros('fc.weight', [128, 128])),
      /fc.weight has the shape \[128, 128\], it must be \[128, 256\]/,
    ],
    [
      'a matrix as a norm',
      withTensor(good, zeros('blk.0.ffn_norm.weight', [128, 2])),
      /ffn_norm.weight has the shape \[2, 128\]/,
    ],
    [
      'a norm in F16',
      withTensor(good, { ...zeros('blk.0.ffn_norm.weight', [128]), stored: 'f16' }),
      /ffn_norm.weight is of type f16, it must be f32/,
    ],
    [
      'a quantised matrix',
      withTensor(good, { ...zeros('fc.weight', [256, 128]), stored: 'q8_0' }),
      /fc.weight is of type q8_0, it must be f16 or f32/,
    ],
    [
      'd2t in floats',
      withTensor(draftHead({ kind: 'eagle3' }, 31), zeros('d2t', [200])),
      /d2t is of type f32, it must be i32/,
    ],
    [
      'd2t out of the vocabulary',
      withTensor(draftHead({ kind: 'eagle3' }, 31), {
        name: 'd2t',
        shape: [200],
        data: new Int32Array(200).fill(600),
      }),
      /d2t sends draft token 15 to 615/,
    ],
    [
      'only some output matrices',
      withTensor(draftHead({ kind: 'medusa' }, 31), zeros('medusa.1.output.weight', [128, 615])),
      /only some of its heads have an output.weight/,
    ],
  ])('%s', async (_what, content, reason) => {
    await expect(load(write(encodeGguf(content)))).rejects.toEqual(coded('HEAD_LOAD', reason));
  });

  it.each<[HeadKind, string]>([
    ['eagle', 'fc.weight'],
    ['eagle', 'blk.0.attn_q.weight'],
    ['eagle', 'blk.0.ffn_down.weight'],
    ['eagle3', 'blk.0.attn_norm_2.weight'],
    ['eagle3', 'output.weight'],
    ['eagle3', 'd2t'],
    ['medusa', 'medusa.2.bias'],
    ['msd', 'blk.0.attn_output.weight'],
    ['vispec', 'vision.query.weight'],
    ['vispec', 'img_fc.bias'],
  ])('%s without %s', async (kind, name) => {
    const failure = load(write(withoutTensor(draftHead({ kind }, 31), name)));
    await expect(failure).rejects.toEqual(coded('HEAD_LOAD', new RegExp(`tensor ${name} is missing`)));
  });

  it('leaves the engine alive', expectAlive);
});

describe('heads of another target', () => {
  it.each<[string, GgufContent, RegExp]>([
    [
      'width',
      draftHead({ kind: 'eagle', width: 64 }, 31),
      /hidden states of width 64, this target's have 128/,
    ],
    ['vocabulary', draftHead({ kind: 'medusa', vocab: 900 }, 31), /made for 900 tokens, this target has 615/],
    [
      'layers',
      draftHead({ kind: 'eagle3', featureLayers: [0, 2, 4] }, 31),
      /reads layer 4, this target has layers 0\.\.3/,
    ],
  ])('%s', async (_what, content, reason) => {
    await expect(load(write(encodeGguf(content)))).rejects.toEqual(coded('HEAD_LOAD', reason));
  });

  it('vocabularies that differ by padding only fit', async () => {
    const head = await load(
      write(encodeGguf(draftHead({ kind: 'eagle', vocab: 600, ownEmbedding: true }, 31))),
    );
    await model.createContext({ ...contextOptions, features: new Int32Array() });
    await model.prefill({ parts: imagePrompt, addSpecial: true, wants: wants() });
    await head.begin();
    // The head has no embedding of token 610.
    await head.start({ root: 610, topK: 3 });
    await head.grow({ tokens: Int32Array.of(614), parents: Int32Array.of(-1), topK: 3 });
    await head.dispose();
  });

  it('scores that are scaled after the output matrix', async () => {
    const content = decoder({ ...TARGET_SHAPE, layers: 1 }, fullVocabulary(), 1);
    const metadata = new Map<string, MetadataValue>(
      [...content.metadata].map(([name, value]) => [name.replace(/^llama\./, 'granite.'), value]),
    );
    metadata.set('general.architecture', 'granite');
    for (const scale of ['logit_scale', 'attention.scale', 'residual_scale', 'embedding_scale']) {
      metadata.set(`granite.${scale}`, { f32: scale === 'logit_scale' ? 8 : 0.5 });
    }
    const { addon } = await native();
    const scaled = await addon.loadModel({
      path: write(encodeGguf({ ...content, metadata })),
      gpuLayers: 0,
      device: '',
    });
    const refused = scaled.loadHead({ path: write(encodeGguf(good)), threads: 1 });
    await expect(refused).rejects.toEqual(
      coded('HEAD_LOAD', /does not fit this target: .*more \(SCALE\).*granite.logit_scale = 8/),
    );
    // One with an output matrix of its own does not need the target's.
    const own = draftHead({ kind: 'medusa', ownOutput: true }, 31);
    const head = await scaled.loadHead({ path: write(encodeGguf(own)), threads: 1 });
    await scaled.createContext({ ...contextOptions, features: new Int32Array() });
    await scaled.prefill({
      parts: [{ text: 'hello', parseSpecial: false }],
      addSpecial: true,
      wants: wants(),
    });
    await head.begin();
    expect((await head.start({ root: 70, topK: 2 })).n).toBe(3);
    await scaled.dispose();
    await expect(head.start({ root: 70, topK: 2 })).rejects.toEqual(coded('DISPOSED', /target was disposed/));
  });

  it('a target without a rollback', async () => {
    const { addon } = await native();
    const mamba = await addon.loadModel({ path: (await fixtureModels()).mamba, gpuLayers: 0, device: '' });
    await expect(mamba.loadHead({ path: write(encodeGguf(good)), threads: 1 })).rejects.toEqual(
      coded('UNSUPPORTED', /recurrent/),
    );
    await mamba.dispose();
  });
});

describe('calls out of order', () => {
  let head: NativeHead;
  let root = 0;
  const bad = (message: RegExp) => coded('BAD_REQUEST', message);
  const features = new Int32Array();

  beforeAll(async () => {
    head = await load(write(encodeGguf(good)));
  });

  async function begun(): Promise<void> {
    await model.createContext({ ...contextOptions, features });
    const out = await model.prefill({ parts: imagePrompt, addSpecial: true, wants: wants() });
    root = at(out.row.topIds, 0);
    await head.begin();
  }

  it('a context that keeps nothing, or something else', async () => {
    await model.createContext(contextOptions);
    await model.prefill({ parts: imagePrompt, addSpecial: true, wants: wants() });
    await expect(head.begin()).rejects.toEqual(bad(/does not keep what the head reads/));
    await model.createContext({ ...contextOptions, features: Int32Array.of(0, 1, 2) });
    await model.prefill({ parts: imagePrompt, addSpecial: true, wants: wants() });
    await expect(head.begin()).rejects.toEqual(bad(/does not keep what the head reads/));
    await expect(model.createContext({ ...contextOptions, features: Int32Array.of(4) })).rejects.toEqual(
      bad(/feature layer 4 does not exist/),
    );
  });

  it('before the prompt, before begin, before start', async () => {
    await model.createContext({ ...contextOptions, features });
    await expect(head.begin()).rejects.toEqual(bad(/call prefill before begin/));
    await model.prefill({ parts: imagePrompt, addSpecial: true, wants: wants() });
    await expect(head.start({ root: 5, topK: 1 })).rejects.toEqual(bad(/call begin after prefill/));
    await head.begin();
    const level = { tokens: Int32Array.of(5), parents: Int32Array.of(-1), topK: 1 };
    await expect(head.grow(level)).rejects.toEqual(bad(/call start first/));
  });

  it('arguments that make no sense change nothing', async () => {
    await begun();
    await expect(head.start({ root: -1, topK: 1 })).rejects.toEqual(bad(/token id -1/));
    await expect(head.start({ root: 615, topK: 1 })).rejects.toEqual(bad(/token id 615/));
    await expect(head.start({ root, topK: 0 })).rejects.toEqual(bad(/topK must be between 1 and 64/));
    await head.start({ root, topK: 3 });
    const before = head.logits(0);
    const grow = (tokens: number[], parents: number[], topK = 2) =>
      head.grow({ tokens: Int32Array.from(tokens), parents: Int32Array.from(parents), topK });
    await expect(grow([], [])).rejects.toEqual(bad(/at least one/));
    await expect(grow([5, 6], [-1])).rejects.toEqual(bad(/as many parents as tokens/));
    await expect(grow([5], [0])).rejects.toEqual(bad(/parent 0; parents are nodes of earlier calls/));
    await expect(grow([5], [-2])).rejects.toEqual(bad(/parent -2/));
    await expect(grow([999], [-1])).rejects.toEqual(bad(/token id 999/));
    await expect(grow([5], [-1], 65)).rejects.toEqual(bad(/topK/));
    await expect(grow(new Array(513).fill(5), new Array(513).fill(-1))).rejects.toEqual(bad(/512 nodes/));
    expect(() => head.logits(1)).toThrow(/no row 1/);
    expect(head.logits(0)).toEqual(before);
    await grow([5, 6], [-1, -1]);
    expect(head.logits(1)).toHaveLength(615);
    // The same root starts another tree; another one would need a committed token.
    await expect(head.start({ root: root + 1, topK: 3 })).rejects.toEqual(bad(/nothing was committed/));
    await head.start({ root, topK: 3 });
    expect(head.logits(0)).toEqual(before);
    await grow([5], [-1]);
  });

  it('a new prompt, a rollback, another head', async () => {
    await begun();
    await head.start({ root, topK: 3 });
    await model.decodeTree({
      tokens: Int32Array.of(root, 70),
      parents: Int32Array.of(-1, 0),
      wants: wants(),
    });
    const { nPast } = model.accept(Int32Array.of(0, 1));
    const level = { tokens: Int32Array.of(5), parents: Int32Array.of(-1), topK: 1 };
    await expect(head.grow(level)).rejects.toEqual(bad(/call start first/));
    model.rollback(nPast - 1);
    await expect(head.start({ root, topK: 1 })).rejects.toEqual(bad(/call begin after prefill/));
    await expect(head.begin()).rejects.toEqual(bad(/call prefill before begin/));
    await begun();
    const other = await load(write(encodeGguf(draftHead({ kind: 'msd' }, 32))));
    await other.begin();
    await head.start({ root, topK: 3 });
    await expect(other.start({ root, topK: 3 })).rejects.toEqual(bad(/another head has read on/));
    await other.dispose();
    await begun();
    await head.start({ root, topK: 3 });
  });

  it('Medusa grows no tree', async () => {
    await begun();
    const medusa = await load(write(encodeGguf(draftHead({ kind: 'medusa' }, 33))));
    await medusa.begin();
    await medusa.start({ root, topK: 3 });
    const level = { tokens: Int32Array.of(5), parents: Int32Array.of(-1), topK: 1 };
    await expect(medusa.grow(level)).rejects.toEqual(bad(/no tree of its own/));
    await medusa.dispose();
  });

  it('a disposed head', async () => {
    const gone = await load(write(encodeGguf(good)));
    await gone.dispose();
    await expect(gone.begin()).rejects.toEqual(coded('DISPOSED', /head was disposed/));
    await expect(gone.start({ root: 5, topK: 1 })).rejects.toEqual(coded('DISPOSED', /head was disposed/));
    await gone.dispose();
    await expectAlive();
  });

  it('cancel stops a prompt that is being read, and the next one works', async () => {
    await begun();
    await model.prefill({ parts: imagePrompt, addSpecial: true, wants: wants() });
    // The first may be through by the time of the call, the last one waits for those before it.
    const readings = Array.from({ length: 4 }, () => head.begin());
    model.cancel();
    const last = readings.pop();
    await Promise.allSettled(readings);
    await expect(last).rejects.toEqual(coded('CANCELLED', /cancelled/));
    await expect(head.start({ root: 5, topK: 1 })).rejects.toEqual(bad(/call begin after prefill/));
    await head.begin();
    await head.start({ root: 5, topK: 1 });
  });
});
