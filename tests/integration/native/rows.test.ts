import { expect, it } from 'vitest';
import { binary, random } from './shapes.ts';
import { at, numbers, open, prefill, wants } from './support.ts';

/** The same facts from full logits, in plain TypeScript. */
function facts(logits: Float32Array) {
  const order = [...logits.keys()].sort((a, b) => at(logits, b) - at(logits, a) || a - b);
  const max = at(logits, at(order, 0));
  const total = logits.reduce((sum, logit) => sum + Math.exp(logit - max), 0);
  const prob = (id: number) => Math.exp(at(logits, id) - max) / total;
  const entropy = -order.reduce((sum, id) => sum + prob(id) * Math.log(prob(id)), 0);
  return { order, prob, entropy, margin: max - at(logits, at(order, 1)) };
}

it('top-k, entropy, margin and own scores agree with the full logits', async () => {
  const model = await open('target', { projector: 'projector' });
  const first = await prefill(model, undefined, wants({ topK: 64 }));
  const row = facts(model.logits(-1));
  expect([...first.row.topIds]).toEqual(row.order.slice(0, 64));
  expect(first.row.ownRank[0]).toBe(-1);

  const parents = random(30, 12, 3);
  const next = numbers(6);
  const tokens = Int32Array.from(parents, () => next(615));
  const out = await model.decodeTree({ tokens, parents, wants: wants({ topK: 7 }) });
  const rows = Array.from(parents, (_, node) => facts(model.logits(node)));
  for (const [node, own] of rows.entries()) {
    expect([...out.topIds.slice(node * 7, node * 7 + 7)]).toEqual(own.order.slice(0, 7));
    expect(at(out.entropy, node)).toBeCloseTo(own.entropy, 5);
    expect(at(out.margin, node)).toBeCloseTo(own.margin, 5);
    for (let i = 0; i < 7; i++) {
      expect(at(out.topProbs, node * 7 + i)).toBeCloseTo(own.prob(at(own.order, i)), 6);
      expect(at(out.topLogits, node * 7 + i)).toBe(at(model.logits(node), at(own.order, i)));
    }
    const parent = rows[at(parents, node)];
    if (parent === undefined) continue;
    expect(at(out.ownRank, node)).toBe(parent.order.indexOf(at(tokens, node)));
    expect(at(out.ownProb, node)).toBeCloseTo(parent.prob(at(tokens, node)), 6);
  }
  expect([out.ownProb[0], out.ownRank[0]]).toEqual([Number.NaN, -1]);
  expect(out.ms.decode).toBeGreaterThan(out.ms.capture);
  await model.dispose();
});

it('several threads give the same rows', async () => {
  const results = [];
  for (const threads of [1, 2]) {
    const model = await open('target', { threads, maxLeaves: 256, batchSize: 1024, contextSize: 2048 });
    await prefill(model, [{ text: 'the cat', parseSpecial: false }]);
    // 1023 nodes of 615 logits: enough for the rows to be shared out among threads
    const parents = Int32Array.from({ length: 1023 }, (_, i) => (i === 0 ? -1 : Math.max(0, i - 256)));
    const tokens = Int32Array.from(parents, (_, i) => 3 + (i % 600));
    const { topIds, entropy, ownRank } = await model.decodeTree({
      tokens,
      parents,
      wants: wants({ topK: 1 }),
    });
    results.push({ topIds, entropy, ownRank });
    await model.dispose();
  }
  expect(results[0]).toEqual(results[1]);
});

it('rows stay readable after accept, until the next decode', async () => {
  const model = await open('target');
  await prefill(model, [{ text: 'the cat', parseSpecial: false }]);
  expect(model.logits(-1)).toHaveLength(615);
  await model.decodeTree({ tokens: Int32Array.of(20, 21, 22), parents: binary(1), wants: wants() });
  expect(() => model.logits(-1)).toThrow(expect.objectContaining({ code: 'BAD_REQUEST' }));
  const row = model.logits(2);
  model.accept(Int32Array.of(0, 2));
  expect(model.logits(2)).toEqual(row);
  expect(() => model.logits(3)).toThrow(/0\.\.2/);
  model.rollback(1);
  expect(() => model.logits(2)).toThrow(expect.objectContaining({ code: 'BAD_REQUEST' }));
  await model.dispose();
});
