/** An inflated model computes what its source does: to the bit, in plain passes and in trees, and in what it looks at. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadDataSet } from '../../../src-main/datasets/load.ts';
import { forkNodeEngine } from '../../../src-main/engine/host.ts';
import type { NativeModel, RowWants } from '../../../src-main/engine/native/surface.ts';
import { answerAll } from '../../../src-main/evaluate/answer-all.ts';
import { FileHashes } from '../../../src-main/models/file-hash.ts';
import { inflateModel } from '../../../src-main/models/inflate/inflate.ts';
import { loadManifest } from '../../../src-main/models/manifest.ts';
import { root } from '../../../src-main/serve.ts';
import { defaultMethod, type MethodSpec } from '../../../src-shared/domain/method.ts';
import { autoEngine, greedy } from '../../../src-shared/domain/run.ts';
import { type FixturePaths, fixtureModels } from '../../fixtures/gguf/index.ts';
import { openModel } from '../../fixtures/native.ts';
import { builtInFolder } from '../../fixtures/samples.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'specula-inflate-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const hashes = new FileHashes(null);
const inflate = async (from: string, name: string, megabytes: number) => {
  const out = path.join(folder, name);
  return { out, plan: await inflateModel({ from, out, megabytes, hashes }) };
};

const rgb = Uint8Array.from({ length: 96 * 96 * 3 }, (_, i) => (i * 7919) % 251);
const wants = (layer: number): RowWants => ({
  topK: 5,
  layers: Int32Array.of(layer),
  patches: true,
  heads: true,
});

/** Logits of a prompt with a picture and of a tree below it, and the last layer's attention in both. */
async function observe(model: NativeModel) {
  const last = model.info.layers - 1;
  const text = model.tokenize('what is in the picture', { addSpecial: true, parseSpecial: false });
  const parts = [{ tokens: text }, { image: { width: 96, height: 96, rgb } }, { tokens: text.slice(2) }];
  const prefill = await model.prefill({ parts, addSpecial: false, wants: wants(last) });
  const afterPrompt = model.logits(-1);
  const tokens = Int32Array.from({ length: 24 }, (_, i) => 3 + ((i * 37) % 500));
  const parents = Int32Array.from(tokens, (_, i) => Math.floor((i - 1) / 2));
  const tree = await model.decodeTree({ tokens, parents, wants: wants(last) });
  const nodes = Array.from(tokens, (_, node) => model.logits(node));
  model.accept(Int32Array.of(0));
  const single = await model.decodeTree({
    tokens: Int32Array.of(9),
    parents: Int32Array.of(-1),
    wants: wants(last),
  });
  return {
    logits: [afterPrompt, ...nodes, model.logits(0)],
    attention: [prefill.row, tree, single].map(({ shares, headPatchMass }) => ({ shares, headPatchMass })),
  };
}

describe.each([
  ['llama', 'target', 'projector'],
  ['qwen2vl', 'qwen2vl', 'qwen2vlProjector'],
] as const)('%s', (_, model, projector) => {
  test.each([
    ['more layers of the same width', 6],
    ['wider layers too', 12],
  ] as const)('%s: the same logits and attention, to the bit', async (name, megabytes) => {
    const files: FixturePaths = await fixtureModels();
    const { out, plan } = await inflate(files[model], `${model}-${megabytes}.gguf`, megabytes);
    expect(plan.shape.feedForward > 256).toBe(name === 'wider layers too');
    expect(plan.touched.after).toBeGreaterThanOrEqual(megabytes * 1e6);
    const options = { projector: files[projector], capture: true };
    const [small, large] = [await openModel(files[model], options), await openModel(out, options)];
    expect(large.info.layers).toBe(plan.shape.layers);
    expect(large.info.layers).toBeGreaterThan(small.info.layers);
    const [before, after] = [await observe(small), await observe(large)];
    await Promise.all([small.dispose(), large.dispose()]);
    expect(before.logits.length).toBe(26);
    for (const [at, logits] of before.logits.entries()) {
      expect(
        logits.findIndex((value, token) => value !== after.logits[at]?.[token]),
        `row ${at}`,
      ).toBe(-1);
    }
    expect(after.attention).toEqual(before.attention);
  });
});

describe('the shipped target', () => {
  const source = path.join(root, 'models', 'specula-tiny-target-f16.gguf');
  let inflated: string;
  let plain: Awaited<ReturnType<typeof answers>>;
  beforeAll(async () => {
    inflated = (await inflate(source, 'shipped.gguf', 40)).out;
    plain = await answers(source, { name: 'ar' });
  }, 300_000);

  async function answers(target: string, method: MethodSpec) {
    const { files, sets } = await loadManifest(path.join(root, 'models'));
    const set = sets.find(({ draft, projector }) => draft !== null && projector !== null);
    const fileOf = (id: string | null | undefined) =>
      path.join(root, 'models', files.find((one) => one.id === id)?.file ?? 'none');
    const samples = (await loadDataSet(builtInFolder)).samples.filter((_, at) => at % 80 === 1);
    const found: { tokens: unknown; scores: unknown; guessed: number }[] = [];
    const drafts = method.name === 'draft-model';
    const end = await answerAll(
      {
        samples: samples.map((sample) => ({ sample, references: [] })),
        files: {
          target,
          projector: fileOf(set?.projector),
          draft: drafts ? fileOf(set?.draft) : null,
          draftProjector: null,
          head: null,
        },
        hashes: {},
        spec: {
          dataSetId: 'built-in',
          target: 'target',
          projector: 'projector',
          draft: drafts ? 'draft' : null,
          draftProjector: null,
          method,
          gate: { mode: 'off', threshold: 0 },
          sampling: greedy,
          maxTokens: 32,
          systemPrompt: null,
          capture: { layers: 'last' },
          engine: { ...autoEngine, gpu: 'cpu', threads: 1, kvType: 'f32', contextSize: 1024 },
        },
        picture: async (sample) => path.join(builtInFolder, 'images', sample.image),
      },
      {
        forkEngine: forkNodeEngine,
        home: folder,
        version: 'test',
        onWaiting: () => {},
        onAnswers: (_, turns) => {
          const all = turns.flatMap(({ tokens }) => tokens);
          found.push({
            tokens: turns.map(({ text, tokenCount }) => [text, tokenCount]),
            scores: all.map(({ imageShare }) => imageShare),
            guessed: all.filter(({ guessed }) => guessed === true).length,
          });
        },
        onFailure: (sample, reason) => expect.fail(`${sample.id}: ${reason}`),
        interrupted: new Promise(() => {}),
      },
    );
    expect(end.reason).toBeNull();
    expect(found.length).toBe(3);
    return found;
  }

  test('answers alike token for token, and gives ViSkip the same scores', async () => {
    expect(await answers(inflated, { name: 'ar' })).toEqual(plain);
  }, 300_000);

  test('answers alike with a draft', async () => {
    const drafted = await answers(inflated, defaultMethod('draft-model'));
    expect(drafted.map(({ tokens }) => tokens)).toEqual(plain.map(({ tokens }) => tokens));
    expect(drafted.reduce((sum, { guessed }) => sum + guessed, 0)).toBeGreaterThan(5);
  }, 300_000);
});
