import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { chain } from './shapes.ts';
import { open, prefill, step, wants } from './support.ts';

const text = [{ text: 'the cat', parseSpecial: false }];
const long = [{ tokens: Int32Array.from({ length: 3000 }, (_, i) => 3 + ((i * 31) % 600)) }];
const cancelled = expect.objectContaining({ code: 'CANCELLED' });

describe('cancel', () => {
  it('stops a long prefill, and the model goes on working', async () => {
    const model = await open('target', { contextSize: 4096, capture: false });
    await prefill(model, text);
    const reference = model.logits(-1);
    const running = prefill(model, long);
    const outcome = expect(running).rejects.toEqual(cancelled);
    await setImmediate();
    model.cancel();
    await outcome;

    // Nothing of the long prompt is left.
    expect((await prefill(model, text)).nCells).toBe(model.accept(new Int32Array()).nCells);
    expect(model.logits(-1)).toEqual(reference);
    await model.dispose();
  });

  it('reaches queued calls, not later ones', async () => {
    const model = await open('target', { contextSize: 4096, capture: false });
    const before = [prefill(model, long), prefill(model, text), prefill(model, text)];
    model.cancel();
    const after = prefill(model, text);
    for (const call of before) await expect(call).rejects.toEqual(cancelled);
    expect((await after).nPast).toBeGreaterThan(0);
    await model.dispose();
  });

  it('during a tree drops the tree and keeps the prefix', async () => {
    const model = await open('target');
    const first = await prefill(model, text);
    const plain = await step(model, 20);
    model.rollback(first.nPast);
    const tree = {
      tokens: Int32Array.from({ length: 250 }, (_, i) => 20 + i),
      parents: chain(249),
      wants: wants(),
    };
    // A tree decode after a short one runs within its call and cannot be cancelled; make the next one a job.
    await model.decodeTree(tree);
    const running = model.decodeTree(tree);
    model.cancel();
    await expect(running).rejects.toEqual(cancelled);
    expect(model.accept(new Int32Array())).toMatchObject({ nPast: first.nPast, nCells: first.nCells });
    expect((await step(model, 20)).logits).toEqual(plain.logits);
    await model.dispose();
  });

  it('does nothing when nothing runs', async () => {
    const model = await open('target');
    model.cancel();
    expect((await prefill(model, text)).nPast).toBeGreaterThan(0);
    await model.dispose();
  });
});

describe('the queue', () => {
  it('runs calls in order, and the event loop meanwhile', async () => {
    const model = await open('target', { contextSize: 4096, capture: false });
    const order: number[] = [];
    let ticks = 0;
    const timer = setInterval(() => ticks++, 5);
    const calls = [long, text, long].map((parts, i) => prefill(model, parts).then(() => order.push(i)));
    expect(() => model.accept(new Int32Array())).toThrow(expect.objectContaining({ code: 'BAD_REQUEST' }));
    expect(() => model.reset()).toThrow(/await/);
    expect(model.tokenize('a', { addSpecial: false, parseSpecial: false }).length).toBeGreaterThan(0);
    await Promise.all(calls);
    clearInterval(timer);
    expect(order).toEqual([0, 1, 2]);
    expect(ticks).toBeGreaterThan(5);
    await model.dispose();
  });

  it('dispose cancels what runs and then frees', async () => {
    const model = await open('target', { contextSize: 4096, capture: false });
    const running = prefill(model, long);
    const freed = model.dispose();
    await expect(running).rejects.toEqual(cancelled);
    await freed;
    await expect(prefill(model, text)).rejects.toMatchObject({ code: 'DISPOSED' });
  });
});
