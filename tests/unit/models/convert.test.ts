import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readGgufFileInfo } from 'node-llama-cpp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { elementBytes, elementsOf, tensorTypeName } from '../../../src-main/models/gguf/format.ts';
import { readGgufLayout } from '../../../src-main/models/gguf/header.ts';
import { type ConvertOptions, convertHead } from '../../../src-main/models/heads/convert.ts';
import { mmspecFeatureLayers, paperFeatureLayers } from '../../../src-main/models/heads/feature-layers.ts';
import type { HeadKind } from '../../../src-shared/domain/head.ts';
import {
  draftTokens,
  eagle,
  eagle3,
  medusa,
  medusaShared,
  msdLlava,
  msdQwen,
  type PublishedHead,
  small,
  vispec,
} from '../../fixtures/checkpoint/heads.ts';
import { type StateTensor, tensor } from '../../fixtures/checkpoint/state.ts';
import { safetensors, torchZip } from '../../fixtures/checkpoint/write.ts';

let folder: string;
let folders = 0;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'specula-convert-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Writes a checkpoint's folder; `files` are its weights. */
async function checkpoint(
  config: unknown,
  files: Readonly<Record<string, Buffer | string>>,
): Promise<string> {
  const made = path.join(folder, `EAGLE-${folders++}`);
  await mkdir(made);
  await writeFile(path.join(made, 'config.json'), JSON.stringify(config));
  for (const [name, content] of Object.entries(files)) await writeFile(path.join(made, name), content);
  return made;
}

const tensorsOf = ({ state }: PublishedHead): StateTensor[] => state.map(([one]) => one);
const without = (head: PublishedHead, name: string): PublishedHead => ({
  ...head,
  state: head.state.filter(([one]) => one.name !== name),
});
const withTensor = (head: PublishedHead, one: StateTensor): PublishedHead => ({
  ...head,
  state: [...head.state, [one, null]],
});

const defaults = {
  kind: null,
  target: null,
  embeddings: true,
  skipUnknown: false,
  type: 'f16',
  featureLayers: null,
} as const;

async function convert(from: string, options: Partial<ConvertOptions> = {}) {
  const out = path.join(folder, `out-${folders++}.gguf`);
  const converted = await convertHead({ ...defaults, ...options, from, out });
  return { ...converted, out };
}

const convertOne = async (head: PublishedHead, options: Partial<ConvertOptions> = {}) =>
  await convert(
    await checkpoint(head.config, { 'model.safetensors': safetensors(tensorsOf(head)) }),
    options,
  );

interface Read {
  readonly type: string | null;
  /** in PyTorch's order */
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

/** Every tensor of a GGUF file, by name. */
async function readBack(file: string): Promise<Map<string, Read>> {
  const { tensors } = await readGgufLayout(file);
  const bytes = await readFile(file);
  return new Map(
    tensors.map(({ name, shape, type: number, start }) => {
      const type = tensorTypeName(number);
      if (type === null) throw new Error(`${name} has type ${number}`);
      const data = bytes.buffer.slice(
        bytes.byteOffset + start,
        bytes.byteOffset + start + elementsOf(shape) * elementBytes[type],
      );
      const values =
        type === 'f16'
          ? new Float16Array(data)
          : type === 'i32'
            ? new Int32Array(data)
            : new Float32Array(data);
      return [name, { type, shape: [...shape].reverse(), values: [...values] }];
    }),
  );
}

/** Every tensor has arrived with its values, the matrices in f16, the vectors in f32, and nothing else has. */
async function expectEqual(out: string, head: PublishedHead): Promise<void> {
  const read = await readBack(out);
  const wanted = head.state.filter(([, name]) => name !== null);
  expect([...read.keys()].sort()).toEqual(wanted.map(([, name]) => name).sort());
  for (const [source, name] of wanted) {
    const found = read.get(name ?? '');
    const shape = source.name === 'imadpt.q' ? [2, small.h] : source.shape;
    const type = source.name === 'd2t' ? 'i32' : shape.length === 1 ? 'f32' : 'f16';
    expect({ name, type: found?.type, shape: found?.shape }).toEqual({ name, type, shape });
    // -1: no element differs (an array matcher takes seconds for these)
    expect([name, source.values.findIndex((value, at) => value !== found?.values[at])]).toEqual([name, -1]);
    expect(found?.values.length).toBe(source.values.length);
  }
}

describe('convertHead', () => {
  it.each([
    ['eagle', eagle('F16')],
    ['msd', msdLlava('BF16')],
    ['msd', msdQwen('BF16')],
    ['vispec', vispec('F32', false)],
    ['vispec', vispec('BF16', true)],
    ['medusa', medusa('F16')],
    ['medusa', medusaShared('F32')],
    ['eagle3', eagle3('F16')],
  ] satisfies [HeadKind, PublishedHead][])(
    'recognises %s and carries every tensor over, %#',
    async (kind, head) => {
      const featureLayers = kind === 'eagle3' ? mmspecFeatureLayers : null;
      const { out, plan } = await convertOne(head, { featureLayers });
      expect(plan.kind).toBe(kind);
      await expectEqual(out, head);
    },
  );

  it.each(['F64', 'F32', 'F16', 'BF16'] as const)('reads %s from a torch archive', async (dtype) => {
    const head = eagle(dtype);
    const { out } = await convert(
      await checkpoint(head.config, { 'pytorch_model.bin': torchZip(tensorsOf(head)) }),
    );
    await expectEqual(out, head);
  });

  it('rounds f32 to the nearest f16, or keeps it with f32', async () => {
    const values = [1 / 3, 2 ** -25, 65_519, -0.1];
    const head = eagle('F32');
    const fc = { name: 'fc.weight', dtype: 'F32', shape: [small.h, 2 * small.h] } as const;
    const all = Array.from({ length: small.h * 2 * small.h }, (_, i) => values[i % 4] ?? 0);
    const other = withTensor(without(head, 'fc.weight'), { ...fc, values: all });
    const read = async (type: 'f16' | 'f32') =>
      (await readBack((await convertOne(other, { type })).out)).get('fc.weight');
    expect((await read('f16'))?.values.slice(0, 4)).toEqual([0.333251953125, 0, 65_504, -0.0999755859375]);
    expect((await read('f32'))?.values.slice(0, 4)).toEqual([...new Float32Array(values)]);
  });

  it.each([
    ['model', 'safetensors', safetensors],
    ['pytorch_model', 'bin', torchZip],
  ] as const)('reads shards of %s with their index', async (name, ending, write) => {
    const head = vispec('BF16', true);
    const all = tensorsOf(head);
    const shard = (at: number): string => `${name}-0000${at + 1}-of-00002.${ending}`;
    const parts = [all.slice(0, 7), all.slice(7)];
    const map = parts.flatMap((part, at) => part.map((one) => [one.name, shard(at)] as const));
    const index = { metadata: { total_size: 1 }, weight_map: Object.fromEntries(map) };
    const files = Object.fromEntries(parts.map((part, at) => [shard(at), write(part)]));
    const made = await checkpoint(head.config, {
      ...files,
      [`${name}.${ending}.index.json`]: JSON.stringify(index),
    });
    await expectEqual((await convert(made)).out, head);
    await rm(path.join(made, shard(1)));
    await expect(convert(made)).rejects.toThrow(/00002-of-00002.*cannot be opened/);
  });

  it('refuses an index that leads out of the folder, or names tensors that are not there', async () => {
    const head = eagle('F32');
    const index = (file: string, name: string) => JSON.stringify({ weight_map: { [name]: file } });
    const outside = await checkpoint(head.config, {
      'model.safetensors.index.json': index('../x.safetensors', 'a'),
    });
    await expect(convert(outside)).rejects.toThrow(/no plain file name/);
    const absent = await checkpoint(head.config, {
      'model.safetensors.index.json': index('one.safetensors', 'layers.0.gone'),
      'one.safetensors': safetensors(tensorsOf(head)),
    });
    await expect(convert(absent)).rejects.toThrow(/layers\.0\.gone in one\.safetensors/);
  });

  it("leaves out what accelerate saves beside the head: the target's output matrix in a second file", async () => {
    const head = eagle('F16');
    const made = await checkpoint(head.config, {
      'model.safetensors': safetensors(tensorsOf(head)),
      'model_1.safetensors': safetensors([tensor('weight', [small.V, small.h], 9)]),
    });
    const { out, plan } = await convert(made);
    await expectEqual(out, head);
    expect(plan.leftOut.map(({ tensor: { name } }) => name)).toEqual(['weight']);
  });

  it('takes the names of wrapped models', async () => {
    const wrap = (prefix: string, head: PublishedHead): PublishedHead => ({
      ...head,
      state: head.state.map(([one, name]) => [{ ...one, name: `${prefix}${one.name}` }, name]),
    });
    const head = eagle('F16');
    await expectEqual((await convertOne(wrap('module.', head))).out, head);
    const third = eagle3('F16');
    const renamed = wrap('model.', {
      ...third,
      state: third.state.map(([one, name]) => [
        { ...one, name: one.name.replace('midlayer.', 'layers.0.') },
        name,
      ]),
    });
    await expectEqual((await convertOne(renamed, { featureLayers: [1, 2, 3] })).out, third);
  });

  it('lists missing, unknown and wrong tensors with their shapes', async () => {
    const head = without(without(eagle('F32'), 'fc.bias'), 'layers.0.mlp.up_proj.weight');
    const wrong = withTensor(
      withTensor(head, tensor('layers.0.mlp.up_proj.weight', [8, 64], 1)),
      tensor('lm_head.weight', [V, 64], 1),
    );
    const error = await convertOne(wrong).catch((thrown: unknown) => thrown);
    expect(String(error)).toContain('missing: fc.bias [64]');
    expect(String(error)).toContain('wrong shape: layers.0.mlp.up_proj.weight is [8, 64], expected [96, 64]');
    expect(String(error)).toContain('unknown: lm_head.weight [120, 64], f32');
    expect(await readdir(folder)).not.toContainEqual(expect.stringMatching(/\.part$/));
  });

  it('leaves unknown tensors out when told to', async () => {
    const head = eagle('F32');
    const { out, plan } = await convertOne(withTensor(head, tensor('extra', [3], 1)), { skipUnknown: true });
    await expectEqual(out, head);
    expect(plan.leftOut).toMatchObject([{ tensor: { name: 'extra' }, why: 'unknown' }]);
  });

  it('takes fc without a bias only where config.json says so', async () => {
    const head = without(eagle('F32'), 'fc.bias');
    const made = { ...head, config: { ...head.config, bias: false } };
    await expectEqual((await convertOne(made)).out, made);
  });

  it('wants what the layer of MSD for Qwen has', async () => {
    const head = without(
      without(msdQwen('F32'), 'layers.0.input_layernorm.weight'),
      'layers.0.self_attn.k_proj.bias',
    );
    await expect(convertOne(head)).rejects.toThrow(
      /missing: .*k_proj\.bias \[32\]\n.*missing: .*input_layernorm\.weight \[64\]/s,
    );
  });

  it('refuses several layers, scaled positions, another activation, a target of another width', async () => {
    const head = eagle('F32');
    const fails = (config: object) =>
      expect(convertOne({ ...head, config: { ...head.config, ...config } })).rejects;
    await fails({ num_hidden_layers: 2 }).toThrow(/2 layers; a head has one/);
    await fails({ rope_scaling: { type: 'linear', factor: 2 } }).toThrow(/rope_scaling of type linear/);
    await fails({ hidden_act: 'gelu' }).toThrow(/activation gelu/);
    await fails({ hidden_size: 'big' }).toThrow(/config\.json: .*hidden_size/s);
    const target = { name: 'other', layers: 4, embedding: 32, vocab: V };
    await expect(convertOne(head, { target })).rejects.toThrow(/width 64; other has 32/);
  });

  it("uses the target's embedding where the head's has other tokens, or none is wanted", async () => {
    const head = eagle('F32');
    const target = { name: 'LLaVA', layers: 4, embedding: small.h, vocab: V + 64 };
    const { out, plan } = await convertOne(head, { target });
    await expectEqual(out, { ...head, state: head.state.filter(([, name]) => name !== 'token_embd.weight') });
    expect(plan.leftOut[0]?.why).toMatch(/it has 120 tokens, the target 184/);
    const info = await readGgufFileInfo(out, { logWarnings: false });
    expect(info.metadata).toMatchObject({ 'specula-head': { vocab_size: 184, target_name: 'LLaVA' } });
    expect((await convertOne(head, { embeddings: false })).plan.leftOut[0]?.why).toMatch(/--no-embeddings/);
  });

  it('writes the keys of the layout', async () => {
    const info = async (head: PublishedHead, options: Partial<ConvertOptions> = {}) =>
      (await readGgufFileInfo((await convertOne(head, options)).out, { logWarnings: false })).metadata;
    expect(await info(eagle('F16'))).toMatchObject({
      general: { architecture: 'specula-head' },
      'specula-head': {
        kind: 'eagle',
        layout: 1,
        embedding_length: 64,
        vocab_size: 120,
        head_count: 4,
        head_count_kv: 2,
        head_length: 16,
        feed_forward_length: 96,
        rope_base: 10_000,
        rope_type: 'neox',
        target_name: 'LlamaForCausalLM',
        source: expect.stringMatching(/^EAGLE-\d+: model\.safetensors$/),
      },
    });
    expect(await info(msdQwen('F16'))).toMatchObject({
      'specula-head': { kind: 'msd', rope_base: 1_000_000 },
    });
    expect(await info(vispec('F16', true))).toMatchObject({ 'specula-head': { queries: 2, query_heads: 4 } });
    expect(await info(eagle3('F16'), { featureLayers: [1, 15, 28] })).toMatchObject({
      'specula-head': { feature_layers: [1, 15, 28], draft_vocab_size: 40 },
    });
    expect(await info(medusa('F16'))).toMatchObject({
      'specula-head': { medusa_heads: 2, vocab_size: 120, target_name: 'lmsys/vicuna-7b-v1.3' },
    });
  });

  it('asks which layers EAGLE-3 reads, and checks d2t', async () => {
    const head = eagle3('F32');
    await expect(convertOne(head)).rejects.toThrow(/does not say which layers.*--feature-layers/);
    const target = { name: 'T', layers: 32, embedding: 64, vocab: V };
    await expect(convertOne(head, { target, featureLayers: [1, 2, 32] })).rejects.toThrow(/no layer 32/);
    const { out } = await convertOne(head, { target, featureLayers: paperFeatureLayers(32) });
    const d2t = (await readBack(out)).get('d2t')?.values ?? [];
    expect(d2t.map((offset, id) => id + offset)).toEqual(draftTokens);
    const replaced = (name: string, values: number[], dtype: 'I64' | 'BOOL') =>
      withTensor(without(head, name), { name, dtype, shape: [values.length], values });
    const outside = replaced(
      'd2t',
      draftTokens.map((_, id) => (id === 7 ? V : 0)),
      'I64',
    );
    await expect(convertOne(outside, { featureLayers: [1, 2, 3] })).rejects.toThrow(
      /draft token 7 the target's token 127/,
    );
    const other = replaced(
      't2d',
      Array.from({ length: V }, (_, id) => (id < small.D ? 1 : 0)),
      'BOOL',
    );
    await expect(convertOne(other, { featureLayers: [1, 2, 3] })).rejects.toThrow(
      /t2d and d2t name different tokens/,
    );
  });

  it('does without d2t where the draft has the whole vocabulary', async () => {
    const head = without(without(without(eagle3('F32'), 'd2t'), 't2d'), 'lm_head.weight');
    const full = withTensor(head, tensor('lm_head.weight', [V, small.h], 5));
    const made = { ...full, config: { ...full.config, draft_vocab_size: V } };
    const { out } = await convertOne(made, { featureLayers: mmspecFeatureLayers });
    expect((await readBack(out)).get('d2t')?.values).toEqual(new Array(V).fill(0));
  });

  it('refuses values that are no numbers or beyond f16', async () => {
    const head = without(eagle('F32'), 'fc.bias');
    const bias = (value: number) =>
      withTensor(head, { name: 'fc.bias', dtype: 'F32', shape: [64], values: new Array(64).fill(value) });
    await expect(convertOne(bias(Number.NaN))).rejects.toThrow(/fc\.bias: the value NaN is no finite number/);
    await convertOne(bias(1e6)); // a vector stays f32
    const fc = without(eagle('F32'), 'fc.weight');
    const large = new Array(64 * 128).fill(1e6);
    const made = withTensor(fc, { name: 'fc.weight', dtype: 'F32', shape: [64, 128], values: large });
    await expect(convertOne(made)).rejects.toThrow(/fc\.weight: .*beyond f16; use --type f32/);
    await convertOne(made, { type: 'f32' });
  });

  it('says what it cannot recognise, and keeps what exists', async () => {
    await expect(convertOne({ config: {}, state: [[tensor('a.weight', [2], 1), null]] })).rejects.toThrow(
      /no head that is known \(a\.weight\)/,
    );
    await expect(convert(await checkpoint({}, {}))).rejects.toThrow(/no weights are in this folder/);
    const made = await checkpoint(eagle('F16').config, {
      'model.safetensors': safetensors(tensorsOf(eagle('F16'))),
    });
    const { out } = await convert(made);
    await expect(convertHead({ ...defaults, from: made, out })).rejects.toThrow(/exists already/);
    await expect(convert(path.join(folder, 'nowhere'))).rejects.toThrow(/cannot be opened/);
  });

  it('takes a kind that is asked for', async () => {
    const { plan } = await convertOne(eagle('F16'), { kind: 'msd' });
    expect(plan.kind).toBe('msd');
    await expect(convertOne(eagle('F16'), { kind: 'vispec' })).rejects.toThrow(
      /missing: imadpt\.q \[Q, 4, 16\]/,
    );
  });
});

const { V } = small;
