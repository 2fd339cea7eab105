import { describe, expect, it } from 'vitest';
import type { NativeModel } from '../../../src-main/engine/native/surface.ts';
import { binary, chain, eagleStatic, leafCount, random } from './shapes.ts';
import {
  architectures,
  argmax,
  at,
  greedy,
  maxDifference,
  numbers,
  open,
  prefill,
  step,
  wants,
} from './support.ts';

const TOKENS = 120;
const shapes: readonly (readonly [string, Int32Array])[] = [
  ...Array.from({ length: 8 }, (_, i) => [`chain of ${i + 1}`, chain(i + 1)] as const),
  ['binary, depth 4', binary(4)],
  ['static, 26 nodes', eagleStatic()],
  ['random, 60 nodes and 30 leaves', random(60, 30, 5)],
];

/** Fills a shape with tokens: at each node one random child gets the true next token, the others noise. */
function draft(parents: Int32Array, truth: readonly number[], next: (below: number) => number): Int32Array {
  const tokens = Int32Array.from(parents, () => 3 + next(600));
  let node = 0;
  for (let depth = 0; node >= 0; depth++) {
    tokens[node] = truth[depth] ?? 3;
    const children = [...parents.keys()].filter((child) => parents[child] === node);
    // One draft in five has no right answer at some depth.
    node = children.length === 0 || next(5) === 0 ? -1 : at(children, next(children.length));
  }
  return tokens;
}

/** Walks down while some child holds the argmax of its parent's row. */
function accepted(model: NativeModel, tokens: Int32Array, parents: Int32Array) {
  const path: number[] = [];
  const rows: Float32Array[] = [];
  let node = 0;
  while (node >= 0) {
    path.push(node);
    const row = model.logits(node);
    rows.push(row);
    const choice = argmax(row);
    node = parents.findIndex((parent, child) => parent === node && tokens[child] === choice);
  }
  return { path, rows };
}

describe.each(architectures)('tree verification on $name', ({ model: name, projector }) => {
  it.each(shapes)('%s gives the tokens and rows of plain decoding', async (_, parents) => {
    const model = await open(name, { projector });
    const plain = await greedy(model, await prefill(model), TOKENS);
    const next = numbers(11);

    const start = await prefill(model);
    let position = 0;
    let worst = 0;
    let longest = 0;
    while (position + parents.length < TOKENS) {
      const tokens = draft(parents, plain.tokens.slice(position), next);
      await model.decodeTree({ tokens, parents, wants: wants() });
      const { path, rows } = accepted(model, tokens, parents);
      for (const [i, row] of rows.entries()) {
        worst = Math.max(worst, maxDifference(row, plain.rows[position + i + 1] ?? new Float32Array()));
        expect(argmax(row)).toBe(plain.tokens[position + i + 1]);
      }
      const { nPast, nCells } = model.accept(Int32Array.from(path));
      position += path.length;
      longest = Math.max(longest, path.length);
      expect([nPast, nCells]).toEqual([start.nPast + position, start.nCells + position]);
    }
    expect(worst).toBeLessThan(1e-3);
    expect(longest).toBeGreaterThan(1);
    await model.dispose();
  });

  it('gives every node the row of its own path', async () => {
    const model = await open(name, { projector });
    const parents = random(40, 18, 21);
    const next = numbers(2);
    const tokens = Int32Array.from(parents, () => 3 + next(600));
    const { nPast } = await prefill(model);
    await model.decodeTree({ tokens, parents, wants: wants() });
    const tree = Array.from(parents, (_, node) => model.logits(node));
    model.accept(new Int32Array());

    for (const node of parents.keys()) {
      const path: number[] = [];
      for (let above = node; above >= 0; above = at(parents, above)) path.unshift(above);
      let row: Float32Array = new Float32Array();
      for (const each of path) row = (await step(model, at(tokens, each))).logits;
      expect(maxDifference(row, tree[node] ?? new Float32Array())).toBeLessThan(1e-3);
      expect(model.rollback(nPast).nPast).toBe(nPast);
    }
    await model.dispose();
  });

  it('splits a tree over several micro batches without a difference', async () => {
    const parents = random(60, 30, 5);
    const next = numbers(8);
    const tokens = Int32Array.from(parents, () => 3 + next(600));
    const rows: Float32Array[][] = [];
    for (const microBatch of [128, 16]) {
      const model = await open(name, { projector, microBatch });
      await prefill(model);
      await model.decodeTree({ tokens, parents, wants: wants() });
      rows.push(Array.from(parents, (_, node) => model.logits(node)));
      await model.dispose();
    }
    const [whole = [], split = []] = rows;
    for (const [node, row] of whole.entries()) {
      expect(maxDifference(row, split[node] ?? new Float32Array())).toBeLessThan(1e-3);
    }
  });
});

describe('accept and rollback', () => {
  it('keep exactly the committed prefix, whatever was refused', async () => {
    const model = await open('target', { projector: 'projector' });
    const first = await prefill(model);
    const plain = await greedy(model, first, 6);

    await prefill(model);
    const [a = 0, b = 0, c = 0] = plain.tokens;
    // Two refused branches, one of them longer than the accepted one.
    const tokens = Int32Array.of(a, 9, b, 10, 11, c);
    const parents = Int32Array.of(-1, 0, 0, 1, 3, 2);
    await model.decodeTree({ tokens, parents, wants: wants() });
    const kept = model.accept(Int32Array.of(0, 2, 5));
    expect(kept).toMatchObject({ nPast: first.nPast + 3, nCells: first.nCells + 3 });
    const after = await step(model, at(plain.tokens, 3));
    expect(maxDifference(after.logits, plain.rows[4] ?? new Float32Array())).toBeLessThan(1e-3);

    // Back to after the first token, and on again.
    expect(model.rollback(first.nPast + 1)).toEqual({ nPast: first.nPast + 1, nCells: first.nCells + 1 });
    const again = await step(model, b);
    expect(maxDifference(again.logits, plain.rows[2] ?? new Float32Array())).toBeLessThan(1e-3);
    await model.dispose();
  });

  it('accept of an empty path drops the tree', async () => {
    const model = await open('target', { projector: 'projector' });
    const first = await prefill(model);
    const { out, logits } = await step(model, 20);
    expect(at(out.topIds, 0)).toBe(argmax(logits));
    model.rollback(first.nPast);
    await model.decodeTree({ tokens: Int32Array.of(30, 31), parents: chain(1), wants: wants() });
    expect(model.accept(new Int32Array())).toMatchObject({ nPast: first.nPast, nCells: first.nCells });
    const again = await step(model, 20);
    expect(maxDifference(again.logits, logits)).toBeLessThan(1e-3);
    await model.dispose();
  });

  it('a tree that was not accepted is dropped by the next one', async () => {
    const model = await open('target', { projector: 'projector' });
    const first = await prefill(model);
    await model.decodeTree({ tokens: Int32Array.of(30, 31, 32), parents: binary(1), wants: wants() });
    await model.decodeTree({ tokens: Int32Array.of(20), parents: chain(0), wants: wants() });
    const row = model.logits(0);
    expect(model.accept(Int32Array.of(0)).nCells).toBe(first.nCells + 1);
    await prefill(model);
    expect(maxDifference((await step(model, 20)).logits, row)).toBeLessThan(1e-3);
    await model.dispose();
  });

  it('rolls back into the prompt and over a whole image', async () => {
    const model = await open('qwen2vl', { projector: 'qwen2vlProjector' });
    const first = await prefill(model);
    const image = first.chunks.find((chunk) => chunk.kind === 'image');
    const pos = image?.pos ?? 0;
    const end = pos + (image?.positions ?? 0);
    expect(image?.count).toBeGreaterThan(image?.positions ?? 0);
    expect(model.rollback(end).nCells).toBe(pos + (image?.count ?? 0));
    expect(() => model.rollback(pos + 1)).toThrow(expect.objectContaining({ code: 'BAD_REQUEST' }));
    expect(model.rollback(pos)).toEqual({ nPast: pos, nCells: pos });
    await step(model, 20);
    await model.dispose();
  });
});

it('the shapes are what their names say', () => {
  expect([eagleStatic().length, leafCount(eagleStatic())]).toEqual([26, 15]);
  expect([random(60, 30, 5).length, leafCount(random(60, 30, 5))]).toEqual([60, 30]);
  expect(leafCount(binary(4))).toBe(16);
});
