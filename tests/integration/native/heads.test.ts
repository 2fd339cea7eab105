/** Draft heads in the native engine against plain loops, on both architectures. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  NativeHead,
  NativeModel,
  PrefillOut,
  PrefillPart,
} from '../../../src-main/engine/native/surface.ts';
import { headInfoSchema } from '../../../src-main/engine/native/validate.ts';
import { headKinds } from '../../../src-shared/domain/head.ts';
import { decoder, TARGET_SHAPE } from '../../fixtures/gguf/decoders.ts';
import { draftHead, HEAD_SHAPE, type HeadShape } from '../../fixtures/gguf/heads.ts';
import { fixtureModels } from '../../fixtures/gguf/index.ts';
import { fullVocabulary } from '../../fixtures/gguf/vocabulary.ts';
import { encodeGguf, type GgufContent, type Tensor } from '../../fixtures/gguf/writer.ts';
import { HeadReference, type Place } from '../../fixtures/head-reference.ts';
import {
  architectures,
  at,
  contextOptions,
  imagePrompt,
  native,
  picture,
  prefill,
  sum,
  wants,
} from './support.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'specula-heads-'));

/** F32 on one thread; the reference counts in doubles. */
const tolerance = 1e-4;

const targets = {
  llama: decoder(TARGET_SHAPE, fullVocabulary(), 1),
  qwen2vl: decoder({ ...TARGET_SHAPE, arch: 'qwen2vl' }, fullVocabulary(), 5),
};

let files = 0;
function write(content: GgufContent): string {
  const file = path.join(folder, `head-${files++}.gguf`);
  writeFileSync(file, encodeGguf(content));
  return file;
}

/** The heads of these tests: every kind, with and without what a file may leave out. */
const variants: readonly { readonly name: string; readonly shape: Partial<HeadShape> }[] = [
  ...headKinds.map((kind) => ({ name: kind, shape: { kind } })),
  {
    name: 'eagle, biases, norm, own embedding, pairs',
    shape: { kind: 'eagle', extras: true, ownEmbedding: true, ropeType: 'norm' },
  },
  { name: 'eagle3 on the embeddings', shape: { kind: 'eagle3', featureLayers: [-1, 0, 2], extras: true } },
  { name: 'eagle3 that reads a layer twice', shape: { kind: 'eagle3', featureLayers: [0, 1, 1] } },
  { name: 'medusa with its own output matrices', shape: { kind: 'medusa', ownOutput: true, medusaHeads: 4 } },
  {
    name: 'vispec with biases, two queries',
    shape: { kind: 'vispec', extras: true, queries: 2, queryHeads: 2 },
  },
  { name: 'vispec with one query: the global vector alone', shape: { kind: 'vispec', queries: 1 } },
];

function closeTo(actual: ArrayLike<number>, expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  const worst = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - at(actual, i))), 0);
  expect(worst).toBeLessThan(tolerance);
}

const twoImages: readonly PrefillPart[] = [
  { text: 'first ', parseSpecial: false },
  picture(200, 150),
  { text: ' second ', parseSpecial: false },
  picture(150, 200, 5),
  { text: ' compare', parseSpecial: false },
];
const prompts: readonly {
  readonly name: string;
  readonly parts: readonly PrefillPart[];
  readonly addSpecial: boolean;
}[] = [
  { name: 'an image', parts: imagePrompt, addSpecial: true },
  { name: 'two images', parts: twoImages, addSpecial: true },
  { name: 'an image first', parts: imagePrompt.slice(1), addSpecial: false },
  { name: 'no image', parts: [{ text: 'just words', parseSpecial: false }], addSpecial: true },
];

/** Tokens of a prompt's sequence, -1 for an image's. */
function tokensOf(out: PrefillOut): number[] {
  return out.chunks.flatMap((c) => (c.tokens ? Array.from(c.tokens) : new Array<number>(c.count).fill(-1)));
}

for (const { name: arch, model: modelName, projector } of architectures) {
  describe(`draft heads on ${arch}`, () => {
    let model: NativeModel;
    const target = targets[arch];

    beforeAll(async () => {
      const { addon } = await native();
      const paths = await fixtureModels();
      model = await addon.loadModel({ path: paths[modelName], gpuLayers: 0, device: '' });
      await model.loadProjector({ path: paths[projector], gpu: false, threads: 1 });
    });
    afterAll(() => model.dispose());

    /** A head of the model, whose context then keeps what it reads. */
    async function attach(content: GgufContent, capture = false): Promise<NativeHead> {
      const head = await model.loadHead({ path: write(content), threads: 1 });
      expect(headInfoSchema.parse(head.info)).toEqual(head.info);
      await model.createContext({ ...contextOptions, capture, features: head.info.featureLayers });
      return head;
    }

    function placesOf(tokens: readonly number[], of = model): Place[] {
      return tokens.map((token, i) => {
        const { row, image } = of.feature(i);
        expect(image === null).toBe(token !== -1);
        return { token, feature: row, image };
      });
    }

    /** Prefills, and gives the tokens of the sequence (-1: image). */
    async function begin(head: NativeHead, parts: readonly PrefillPart[], addSpecial: boolean) {
      const out = await model.prefill({ parts, addSpecial, wants: wants() });
      const tokens = tokensOf(out);
      await head.begin();
      return { tokens, root: at(out.row.topIds, 0) };
    }

    it.each(variants)('$name: a tree, and going on from it', async ({ shape }) => {
      const content = draftHead(shape, 77);
      const head = await attach(content);
      const reference = new HeadReference(content, target);
      const { tokens, root } = await begin(head, imagePrompt, true);
      let places = placesOf(tokens);
      await head.start({ root, topK: 8 });
      if (shape.kind === 'medusa') {
        for (const [i, row] of reference.medusa(places).entries()) closeTo(head.logits(i), row);
        await head.dispose();
        return;
      }
      closeTo(head.logits(0), reference.scores(places, root, []).at(-1) ?? []);

      // Two levels: 3 nodes below the root, then 2 below each of them.
      const nodes: { token: number; path: number[] }[] = [];
      const grow = async (level: readonly number[], parents: readonly number[]) => {
        await head.grow({ tokens: Int32Array.from(level), parents: Int32Array.from(parents), topK: 4 });
        for (const [i, token] of level.entries()) {
          const above = nodes[parents[i] ?? -1];
          const node = { token, path: [...(above?.path ?? []), token] };
          nodes.push(node);
          const rows = reference.scores(places, root, node.path);
          closeTo(head.logits(i), rows.at(-1) ?? []);
        }
      };
      await grow([70, 80, 90], [-1, -1, -1]);
      await grow([100, 101, 102, 103, 104, 105], [0, 0, 1, 1, 2, 2]);

      // The target accepts three nodes of its own tree; the head reads on.
      await model.decodeTree({
        tokens: Int32Array.of(root, 71, 72, 73, 74),
        parents: Int32Array.of(-1, 0, 0, 2, 3),
        wants: wants(),
      });
      model.accept(Int32Array.of(0, 2, 3));
      const more = [root, 72, 73];
      places = [
        ...places,
        ...more.map((token, i) => ({ token, feature: model.feature(tokens.length + i).row, image: null })),
      ];
      await head.start({ root: 99, topK: 4 });
      closeTo(head.logits(0), reference.scores(places, 99, []).at(-1) ?? []);
      await head.grow({ tokens: Int32Array.of(75), parents: Int32Array.of(-1), topK: 4 });
      closeTo(head.logits(0), reference.scores(places, 99, [75]).at(-1) ?? []);
      await head.dispose();
    });

    it.each(['eagle', 'eagle3', 'msd', 'vispec'] as const)('%s: images in other places', async (kind) => {
      const content = draftHead({ kind }, 78);
      const head = await attach(content);
      const reference = new HeadReference(content, target);
      for (const { parts, addSpecial } of prompts) {
        const { tokens, root } = await begin(head, parts, addSpecial);
        const places = placesOf(tokens);
        await head.start({ root, topK: 4 });
        closeTo(head.logits(0), reference.scores(places, root, []).at(-1) ?? []);
      }
      await head.dispose();
    });

    it('keeps the hidden state that gives the logits, and layers that lead to it', async () => {
      const norm = target.tensors.find((t) => t.name === 'output_norm.weight')?.data ?? [];
      const head = await attach(draftHead({ kind: 'eagle' }, 79), true);
      const { tokens } = await begin(head, imagePrompt, true);
      const states = placesOf(tokens).map((place) => place.feature);
      const output = target.tensors.find((t) => t.name === 'output.weight');
      const last = Array.from(states.at(-1) ?? []);
      const expected = Array.from(model.logits(-1));
      closeTo(
        expected.map((_, row) =>
          last.reduce((sum, x, i) => sum + x * (output?.data[row * last.length + i] ?? 0), 0),
        ),
        expected,
      );
      await model.createContext({ ...contextOptions, features: Int32Array.of(-1, 3) });
      await prefill(model);
      const embeddings = target.tensors.find((t) => t.name === 'token_embd.weight')?.data ?? [];
      for (const [i, token] of tokens.entries()) {
        const { row, image } = model.feature(i);
        const width = row.length / 2;
        closeTo(
          row.slice(0, width),
          Array.from(image ?? embeddings.slice(token * width, (token + 1) * width)),
        );
        const out = Array.from(row.slice(width));
        const scale = 1 / Math.sqrt(out.reduce((sum, x) => sum + x * x, 0) / width + 1e-5);
        closeTo(
          states[i] ?? [],
          out.map((x, k) => x * scale * (norm[k] ?? 0)),
        );
      }
      await head.dispose();
    });

    it('reads the same attention with and without a head', async () => {
      const asked = wants({ layers: Int32Array.of(0, 3), patches: true });
      await model.createContext({ ...contextOptions });
      const plain = await prefill(model, imagePrompt, asked);
      const head = await attach(draftHead({ kind: 'eagle3' }, 80), true);
      const observed = await prefill(model, imagePrompt, asked);
      closeTo(observed.row.shares, Array.from(plain.row.shares));
      closeTo(observed.row.patchMass, Array.from(plain.row.patchMass));
      await head.dispose();
    });

    it('maps the draft tokens of a reduced vocabulary', async () => {
      const head = await attach(draftHead({ kind: 'eagle3' }, 81));
      const { root } = await begin(head, imagePrompt, true);
      const { topIds, topProbs } = await head.start({ root, topK: 5 });
      const scores = Array.from(head.logits(0));
      expect(scores).toHaveLength(HEAD_SHAPE.draftVocab);
      const order = scores.map((_, j) => j).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
      expect(Array.from(topIds)).toEqual(order.slice(0, 5).map((j) => 3 * j));
      const sum = scores.reduce((total, s) => total + Math.exp(s - Math.max(...scores)), 0);
      expect(at(topProbs, 0)).toBeCloseTo(1 / sum, 5);
      await head.dispose();
    });

    it('gives the same with an F16 cache, nearly', async () => {
      const content = draftHead({ kind: 'eagle' }, 82);
      const head = await attach(content);
      const reference = new HeadReference(content, target);
      await model.createContext({
        ...contextOptions,
        kvType: 'f16',
        capture: false,
        features: head.info.featureLayers,
      });
      const { tokens, root } = await begin(head, imagePrompt, true);
      const places = placesOf(tokens);
      await head.start({ root, topK: 4 });
      const expected = reference.scores(places, root, []).at(-1) ?? [];
      const actual = head.logits(0);
      const worst = Math.max(...expected.map((value, i) => Math.abs(value - at(actual, i))));
      expect(worst).toBeLessThan(0.05);
      await head.dispose();
    });

    it('a quantised target and a head in F16', async () => {
      const { addon } = await native();
      const stored = (tensors: readonly Tensor[], as: 'f16' | 'q8_0'): Tensor[] =>
        tensors.map((t) =>
          t.shape.length === 2 && t.data instanceof Float32Array ? { ...t, stored: as } : t,
        );
      const quantised = await addon.loadModel({
        path: write({ ...target, tensors: stored(target.tensors, 'q8_0') }),
        gpuLayers: 0,
        device: '',
      });
      await quantised.loadProjector({ path: (await fixtureModels())[projector], gpu: false, threads: 1 });
      for (const kind of headKinds) {
        const content = draftHead({ kind }, 83);
        const file = write({ ...content, tensors: stored(content.tensors, 'f16') });
        const head = await quantised.loadHead({ path: file, threads: 1 });
        await quantised.createContext({ ...contextOptions, features: head.info.featureLayers });
        const out = await quantised.prefill({ parts: imagePrompt, addSpecial: true, wants: wants() });
        const places = placesOf(tokensOf(out), quantised);
        const reference = new HeadReference(content, target);
        await head.begin();
        await head.start({ root: 70, topK: 4 });
        const expected = kind === 'medusa' ? reference.medusa(places) : reference.scores(places, 70, []);
        const actual = Array.from(head.logits(0));
        const rms = (values: readonly number[]) => Math.sqrt(sum(values.map((x) => x * x)) / values.length);
        const apart = actual.map((value, i) => value - (expected[0]?.[i] ?? 0));
        // The reference has the weights before they were made coarser.
        expect(rms(apart) / rms(actual)).toBeLessThan(0.03);
      }
      await quantised.dispose();
    });
  });
}
