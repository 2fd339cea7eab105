import { describe, expect, it } from 'vitest';
import type { NativeModel, PrefillOut, RowsOut } from '../../../src-main/engine/native/surface.ts';
import { random } from './shapes.ts';
import { architectures, at, numbers, open, picture, prefill, step, sum, wants } from './support.ts';

const layers = Int32Array.of(0, 1, 2, 3);
const everything = wants({ layers, patches: true, heads: true, headShares: true });

interface Attention {
  readonly shares: Float32Array;
  readonly patches: Float32Array;
}

/** One node's attention at one layer. */
function attentionOf(out: RowsOut, layer: number, node: number): Attention {
  const patches = out.patchMass.length / (layers.length * out.n);
  const row = layer * out.n + node;
  return {
    shares: out.shares.slice(row * 4, row * 4 + 4),
    patches: out.patchMass.slice(row * patches, (row + 1) * patches),
  };
}

function expectSame(a: Attention, b: Attention): void {
  expect(a.patches.length).toBe(b.patches.length);
  for (const [i, share] of a.shares.entries()) expect(Math.abs(share - at(b.shares, i))).toBeLessThan(1e-5);
  for (const [i, mass] of a.patches.entries()) expect(Math.abs(mass - at(b.patches, i))).toBeLessThan(1e-5);
}

/** Shares sum to 1, patches to the image's share, heads average to the patches, a head's patches sum to its share. */
function expectConsistent(out: RowsOut, imageTokens: number, heads: number): void {
  expect(out.shares).toHaveLength(layers.length * out.n * 4);
  expect(out.patchMass).toHaveLength(layers.length * out.n * imageTokens);
  expect(out.headPatchMass).toHaveLength(layers.length * out.n * heads * imageTokens);
  expect(out.headShares).toHaveLength(layers.length * out.n * heads);
  for (let layer = 0; layer < layers.length; layer++) {
    for (let node = 0; node < out.n; node++) {
      const { shares, patches } = attentionOf(out, layer, node);
      expect(Math.abs(sum(shares) - 1)).toBeLessThan(1e-5);
      expect(Math.abs(sum(patches) - at(shares, 1))).toBeLessThan(1e-5);
      const first = (layer * out.n + node) * heads * imageTokens;
      for (let head = 0; head < heads; head++) {
        const from = first + head * imageTokens;
        const share = at(out.headShares, (layer * out.n + node) * heads + head);
        expect(Math.abs(sum(out.headPatchMass.slice(from, from + imageTokens)) - share)).toBeLessThan(1e-5);
      }
      for (const [patch, mass] of patches.entries()) {
        let mean = 0;
        for (let head = 0; head < heads; head++) {
          mean += at(out.headPatchMass, first + head * imageTokens + patch) / heads;
        }
        expect(Math.abs(mean - mass)).toBeLessThan(1e-6);
      }
    }
  }
}

/** Rounds of random trees; each time the path to one leaf is accepted, so cells get scattered. */
async function rounds(model: NativeModel, first: PrefillOut, count: number) {
  const next = numbers(14);
  const accepted: { token: number; attention: Attention[] }[] = [];
  const cells: number[] = [];
  for (let round = 0; round < count; round++) {
    const parents = random(24, 10, 60 + round);
    const tokens = Int32Array.from(parents, () => 3 + next(600));
    const out = await model.decodeTree({ tokens, parents, wants: everything });
    expectConsistent(out, first.imageTokens, model.info.heads);
    const leaf = [...parents.keys()].filter((node) => !parents.includes(node))[next(10)] ?? 0;
    const path: number[] = [];
    for (let node = leaf; node >= 0; node = at(parents, node)) path.unshift(node);
    model.accept(Int32Array.from(path));
    for (const node of path) {
      accepted.push({
        token: at(tokens, node),
        attention: Array.from(layers, (_, layer) => attentionOf(out, layer, node)),
      });
      cells.push(at(out.cells, node));
    }
  }
  return { accepted, cells };
}

describe.each(architectures)('attention on $name', ({ model: name, projector }) => {
  it('of tree nodes is that of plain decoding, also with scattered cells', async () => {
    const model = await open(name, { projector });
    const first = await prefill(model, undefined, everything);
    expectConsistent(first.row, first.imageTokens, model.info.heads);
    const { accepted, cells } = await rounds(model, first, 6);
    // The test is about cells that do not follow one another.
    expect(cells.filter((cell, i) => i > 0 && cell !== at(cells, i - 1) + 1).length).toBeGreaterThan(5);

    await prefill(model);
    for (const { token, attention } of accepted) {
      const { out } = await step(model, token, everything);
      for (const layer of layers) {
        const tree = attention[layer];
        if (tree === undefined) throw new RangeError(`no layer ${layer}`);
        expectSame(tree, attentionOf(out, layer, 0));
      }
    }
    await model.dispose();
  });

  it('does not depend on how the decode is split into micro batches', async () => {
    const parents = random(40, 16, 9);
    const tokens = Int32Array.from(parents, (_, i) => 3 + i);
    const results: RowsOut[] = [];
    for (const microBatch of [128, 16]) {
      const model = await open(name, { projector, microBatch });
      await prefill(model);
      results.push(await model.decodeTree({ tokens, parents, wants: everything }));
      await model.dispose();
    }
    const [whole, split] = results;
    if (whole === undefined || split === undefined) throw new Error('two results');
    for (const layer of layers) {
      for (let node = 0; node < whole.n; node++) {
        expectSame(attentionOf(whole, layer, node), attentionOf(split, layer, node));
      }
    }
  });
});

describe('attention shares', () => {
  it('count tokens as system, image, text and generated', async () => {
    const model = await open('target', { projector: 'projector' });
    const first = await prefill(model, undefined, everything);
    // The last prompt token sees no generated one, but some of everything else.
    for (const layer of layers) {
      const { shares } = attentionOf(first.row, layer, 0);
      expect(shares[3]).toBe(0);
      for (const kind of [0, 1, 2]) expect(at(shares, kind)).toBeGreaterThan(0);
    }
    const { out } = await step(model, 20, everything);
    for (const layer of layers) expect(at(attentionOf(out, layer, 0).shares, 3)).toBeGreaterThan(0);

    // Without an image all prompt text is text.
    const plain = await prefill(model, [{ text: 'the cat is', parseSpecial: false }], wants({ layers }));
    for (const layer of layers) {
      const { shares } = attentionOf(plain.row, layer, 0);
      expect([shares[0], shares[1], shares[3]]).toEqual([0, 0, 0]);
      expect(shares[2]).toBeCloseTo(1, 5);
    }
    await model.dispose();
  });

  it('take all the weight where only one kind can be seen', async () => {
    const model = await open('target', { projector: 'projector' });
    // Nothing but BOS before the image, and the image last: the row of the last patch.
    const out = await prefill(model, [picture(96, 96)], everything);
    expect(out.chunks.map((chunk) => chunk.kind)).toEqual(['text', 'image']);
    for (const layer of layers) {
      const { shares, patches } = attentionOf(out.row, layer, 0);
      expect(at(shares, 0) + at(shares, 1)).toBeCloseTo(1, 5);
      expect([shares[2], shares[3]]).toEqual([0, 0]);
      expect(at(patches, 143)).toBeGreaterThan(0);
    }
    await model.dispose();
  });

  it('join the patches of all tiles and images in prompt order', async () => {
    const model = await open('target', { projector: 'tilesProjector', contextSize: 2048 });
    const parts = [picture(190, 90), { text: 'and', parseSpecial: false }, picture(96, 96, 4)];
    const out = await prefill(model, parts, everything);
    const images = out.chunks.filter((chunk) => chunk.kind === 'image');
    expect(images.map((chunk) => chunk.part)).toEqual(expect.arrayContaining([0, 2]));
    expect(images.length).toBeGreaterThan(3);
    expect(out.imageTokens).toBe(sum(images.map((chunk) => chunk.count)));
    expectConsistent(out.row, out.imageTokens, model.info.heads);
    // Rolled back over the second image, only the first one's patches are left.
    const second = images.find((chunk) => chunk.part === 2);
    model.rollback(second?.pos ?? 0);
    const { out: after } = await step(model, 20, everything);
    const left = sum(images.filter((chunk) => chunk.part === 0).map((chunk) => chunk.count));
    expectConsistent(after, left, model.info.heads);
    await model.dispose();
  });

  it('of chosen layers are those among all layers, in the order asked', async () => {
    const model = await open('target', { projector: 'projector' });
    const parts = [picture(96, 96), { text: 'the cat', parseSpecial: false }];
    const all = await prefill(model, parts, wants({ layers, patches: true }));
    const some = await prefill(model, parts, wants({ layers: Int32Array.of(3, 1), patches: true }));
    expect([...some.row.shares]).toEqual([...all.row.shares.slice(12, 16), ...all.row.shares.slice(4, 8)]);
    expect(some.row.headPatchMass).toHaveLength(0);
    const none = await prefill(model, parts);
    expect([none.row.shares.length, none.row.patchMass.length]).toEqual([0, 0]);
    await model.dispose();
  });

  it('capture does not change what is decoded', async () => {
    const rows: Float32Array[] = [];
    for (const capture of [true, false]) {
      const model = await open('target', { projector: 'projector', capture });
      const first = await prefill(model, undefined, capture ? everything : wants());
      expect(first.row.cells[0]).toBe(capture ? first.nCells - 1 : -1);
      rows.push(model.logits(-1));
      await model.dispose();
    }
    expect(rows[0]).toEqual(rows[1]);
  });
});
