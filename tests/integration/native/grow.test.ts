import { describe, expect, it } from 'vitest';
import type { NativeModel } from '../../../src-main/engine/native/surface.ts';
import { chain, leafCount, random } from './shapes.ts';
import { architectures, at, maxDifference, numbers, open, prefill, step, wants } from './support.ts';

/** Decodes a tree in parts: the first `sizes[0]` nodes as a new tree, each further part by growing it. */
async function growInParts(
  model: NativeModel,
  tokens: Int32Array,
  parents: Int32Array,
  sizes: readonly number[],
) {
  const rows: Float32Array[] = [];
  const own: number[] = [];
  let start = 0;
  for (const size of sizes) {
    const part = {
      tokens: tokens.slice(start, start + size),
      parents: parents.slice(start, start + size),
      wants: wants(),
    };
    const out = await (start === 0 ? model.decodeTree(part) : model.growTree(part));
    expect(out.n).toBe(size);
    for (let i = 0; i < size; i++) rows.push(model.logits(start + i));
    own.push(...out.ownProb);
    start += size;
  }
  return { rows, own };
}

/** Nodes ordered by depth, and how many there are on each level. */
function byLevel(parents: Int32Array): { parents: Int32Array; sizes: number[] } {
  const depths: number[] = [];
  for (const parent of parents) depths.push(parent < 0 ? 0 : at(depths, parent) + 1);
  const order = [...parents.keys()].sort((a, b) => at(depths, a) - at(depths, b) || a - b);
  const place = new Map(order.map((node, i) => [node, i]));
  const sizes: number[] = [];
  for (const depth of depths) sizes[depth] = (sizes[depth] ?? 0) + 1;
  return { parents: Int32Array.from(order, (node) => place.get(at(parents, node)) ?? -1), sizes };
}

function noise(parents: Int32Array, seed: number): Int32Array {
  const next = numbers(seed);
  return Int32Array.from(parents, () => 3 + next(600));
}

describe.each(architectures)('growTree on $name', ({ model: name, projector }) => {
  it('level by level equals one decodeTree, and the chosen path can be accepted', async () => {
    const { parents, sizes } = byLevel(random(60, 30, 5));
    const tokens = noise(parents, 4);
    const model = await open(name, { projector });
    await prefill(model);
    const { ownProb } = await model.decodeTree({ tokens, parents, wants: wants() });
    const whole = Array.from(parents, (_, node) => model.logits(node));

    for (let round = 0; round < 3; round++) {
      const start = await prefill(model);
      const { rows, own } = await growInParts(model, tokens, parents, sizes);
      for (const [node, row] of rows.entries()) {
        expect(maxDifference(row, at2(whole, node))).toBeLessThan(1e-3);
        if (node > 0) expect(at(own, node)).toBeCloseTo(at(ownProb, node), 6);
      }
      // Accept down to another leaf in each round, then go on decoding.
      const leaf = parents.length - 1 - round;
      const path: number[] = [];
      for (let node = leaf; node >= 0; node = at(parents, node)) path.unshift(node);
      const kept = model.accept(Int32Array.from(path));
      expect(kept.nCells).toBe(start.nCells + path.length);
      const next = await step(model, 77);

      await prefill(model);
      for (const node of path) await step(model, at(tokens, node));
      expect(maxDifference(next.logits, (await step(model, 77)).logits)).toBeLessThan(1e-3);
    }
    await model.dispose();
  });

  it('nodes may hang from any node, in any order of growth', async () => {
    const next = numbers(31);
    for (let attempt = 0; attempt < 8; attempt++) {
      const parents = random(30, 12, 40 + attempt);
      const tokens = noise(parents, attempt);
      const model = await open(name, { projector });
      await prefill(model);
      await model.decodeTree({ tokens, parents, wants: wants() });
      const whole = Array.from(parents, (_, node) => model.logits(node));
      await prefill(model);
      const sizes: number[] = [];
      for (let left = parents.length; left > 0; left -= at(sizes, sizes.length - 1)) {
        sizes.push(Math.min(left, 1 + next(6)));
      }
      const { rows } = await growInParts(model, tokens, parents, sizes);
      for (const [node, row] of rows.entries()) {
        expect(maxDifference(row, at2(whole, node))).toBeLessThan(1e-3);
      }
      await model.dispose();
    }
  });

  it('a head of several pending tokens works, round after round', async () => {
    const model = await open(name, { projector });
    const plain = await open(name, { projector });
    await prefill(model);
    let committed = (await prefill(plain)).nPast;
    const next = numbers(9);
    for (let round = 0; round < 12; round++) {
      // Tokens committed elsewhere come first, then a tree grows below the last of them.
      const head = Array.from({ length: 1 + next(5) }, () => 3 + next(600));
      const out = await model.decodeTree({
        tokens: Int32Array.from(head),
        parents: chain(head.length - 1),
        wants: wants(),
      });
      const last = head.length - 1;
      const children = out.topIds.slice(last * 4, last * 4 + 4);
      const grown = await model.growTree({
        tokens: children,
        parents: Int32Array.of(last, last, last, last),
        wants: wants(),
      });
      expect([...grown.ownRank]).toEqual([0, 1, 2, 3]);
      expect(grown.ownProb[0]).toBeCloseTo(at(out.topProbs, last * 4), 6);
      const deeper = await model.growTree({
        tokens: Int32Array.of(at(grown.topIds, 0), at(grown.topIds, 8)),
        parents: Int32Array.of(last + 1, last + 3),
        wants: wants(),
      });
      expect([...deeper.ownRank]).toEqual([0, 0]);
      const row = model.logits(last + 6);
      // Only the head stays.
      model.accept(Int32Array.from(head.keys()));
      for (const token of head) await step(plain, token);
      committed += head.length;
      await step(plain, at(children, 2));
      const expected = await step(plain, at(grown.topIds, 8));
      expect(maxDifference(row, expected.logits)).toBeLessThan(1e-3);
      plain.rollback(committed);
    }
    await Promise.all([model.dispose(), plain.dispose()]);
  });
});

describe('growTree', () => {
  it('counts leaves, not nodes, against maxLeaves', async () => {
    const model = await open('target', { maxLeaves: 3 });
    await prefill(model, [{ text: 'the cat', parseSpecial: false }]);
    const grow = (parents: readonly number[]) =>
      model.growTree({
        tokens: Int32Array.from(parents, () => 20),
        parents: Int32Array.from(parents),
        wants: wants(),
      });
    await model.decodeTree({
      tokens: Int32Array.of(20, 21, 22),
      parents: Int32Array.of(-1, 0, 0),
      wants: wants(),
    });
    await grow([1, 3, 2]); // both leaves get longer: still two
    await grow([0]); // a third
    await expect(grow([0])).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    await expect(grow([5, 5])).rejects.toThrow(/4 leaves/);
    await grow([4, 5, 6]); // the refused calls changed nothing
    expect(model.accept(Int32Array.of(0, 1, 3, 4, 7)).nCells).toBe(8);
    await model.dispose();
  });

  it('needs a tree, and gives no own score under an older row', async () => {
    const model = await open('target');
    await prefill(model, [{ text: 'the cat', parseSpecial: false }]);
    const part = { tokens: Int32Array.of(20), parents: Int32Array.of(0), wants: wants() };
    await expect(model.growTree(part)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    await model.decodeTree({ tokens: Int32Array.of(20), parents: chain(0), wants: wants() });
    expect((await model.growTree(part)).ownRank[0]).toBeGreaterThanOrEqual(0);
    const late = await model.growTree(part);
    expect([late.ownProb[0], late.ownRank[0]]).toEqual([Number.NaN, -1]);
    expect(() => model.logits(0)).toThrow(expect.objectContaining({ code: 'BAD_REQUEST' }));
    await model.dispose();
  });

  it('the tree of the tests has 30 leaves', () => {
    expect(leafCount(byLevel(random(60, 30, 5)).parents)).toBe(30);
  });
});

function at2(rows: readonly Float32Array[], index: number): Float32Array {
  const row = rows[index];
  if (row === undefined) throw new RangeError(`no row ${index}`);
  return row;
}
