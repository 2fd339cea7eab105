import { describe, expect, it } from 'vitest';
import { createDrafter } from '../../../src-main/decoding/drafters/create.ts';
import { ModelDrafter } from '../../../src-main/decoding/drafters/draft-model.ts';
import type { Draft, DraftBudget } from '../../../src-main/decoding/drafters/drafter.ts';
import { HeadDrafter } from '../../../src-main/decoding/drafters/head.ts';
import { headKinds } from '../../../src-shared/domain/head.ts';
import { type DraftShape, defaultMethod, draftFileOf } from '../../../src-shared/domain/method.ts';
import { eagleShape } from '../../../src-shared/domain/shapes.ts';
import { committed } from '../../fixtures/rounds.ts';
import { ToyHead } from '../../fixtures/toy-head.ts';
import { probabilities, ranked, ToyModel } from '../../fixtures/toy-model.ts';

const promptTokens = [3, 1, 4, 1, 5];
const text = [...promptTokens, 9, 2];
const prompt = { parts: [{ tokens: Int32Array.from(promptTokens) }], addSpecial: false };
const drafterPrompt = { tokens: Int32Array.from(promptTokens), own: prompt, top: null };
const wide: DraftBudget = { nodes: 100, depth: 100 };

interface Options {
  readonly kind?: 'eagle' | 'medusa';
  readonly shape: DraftShape;
  readonly budget?: DraftBudget;
  readonly threshold?: number | null;
  readonly vocab?: number;
  readonly model?: ToyModel;
}

async function draftOnce(options: Options): Promise<{ draft: Draft; head: ToyHead }> {
  const { kind = 'eagle', shape, budget = wide, threshold = null, vocab = 12 } = options;
  const head = new ToyHead(options.model ?? new ToyModel(), kind, () => text);
  const drafter = new HeadDrafter(head, { shape, threshold, vocab });
  await drafter.begin();
  drafter.observe(committed([9, 2]));
  const draft = await drafter.draft(budget);
  if (typeof draft === 'string') throw new Error(draft);
  return { draft, head };
}

const dynamic = { kind: 'dynamic', topK: 8, depth: 3, nodes: 30 } as const;
const shapes: readonly DraftShape[] = [dynamic, eagleShape, { kind: 'chain', length: 5 }];

function depths(draft: Draft, count = draft.verified): number[] {
  const depth = [0];
  for (let i = 1; i < count; i++) depth.push((depth[draft.parents[i] ?? 0] ?? 0) + 1);
  return depth;
}

describe('a draft head', () => {
  it.each(shapes)('makes the tree that a draft model with the same scores makes: $kind', async (shape) => {
    for (let seed = 0; seed < 5; seed++) {
      const model = new ToyModel({ seed });
      const whole = new ModelDrafter(model, shape, 12);
      await whole.begin(drafterPrompt);
      whole.observe(committed([9, 2]));
      const { draft } = await draftOnce({ shape, model });
      expect(draft).toEqual(await whole.draft(wide));
    }
  });

  it.each(shapes)('keeps to the budget: $kind', async (shape) => {
    const { draft } = await draftOnce({ shape, budget: { nodes: 100, depth: 2 } });
    expect(Math.max(...depths(draft))).toBe(2);
    expect((await draftOnce({ shape, budget: { nodes: 3, depth: 100 } })).draft.verified).toBe(4);
    const { head } = await draftOnce({ shape, budget: { nodes: 1, depth: 1 } });
    expect(head.calls.grow).toBe(0);
  });

  it('stops growing where its tree is full, and never offers ids that the target lacks', async () => {
    const model = new ToyModel({ vocab: 40, scale: 0.3 });
    const shape: DraftShape = { kind: 'dynamic', topK: 30, depth: 8, nodes: 128 };
    const { draft, head } = await draftOnce({ shape, model, vocab: 40 });
    expect(head.calls.nodes).toBe(60);
    expect(Math.max(...depths(draft))).toBeLessThanOrEqual(3);
    expect((await draftOnce({ shape: dynamic, vocab: 7 })).draft.tokens.every((id) => id < 12)).toBe(true);
    const { draft: cut } = await draftOnce({ shape: dynamic, vocab: 7 });
    expect(Array.from(cut.tokens.slice(1)).every((id) => id < 7)).toBe(true);
  });

  it('with a threshold keeps likely nodes only, at least eight, and stops below unlikely levels', async () => {
    const threshold = 0.02;
    const all = await draftOnce({ shape: dynamic });
    const { draft, head } = await draftOnce({ shape: dynamic, threshold });
    const scores = Array.from(draft.scores?.logProb ?? []).slice(1, draft.verified);
    const likely = Array.from(all.draft.scores?.logProb ?? []).slice(1);
    const expected = likely.filter((s) => s > Math.log(threshold)).length;
    expect(draft.verified - 1).toBe(Math.min(29, Math.max(8, expected)));
    expect(scores.filter((s) => s <= Math.log(threshold)).length).toBe(Math.max(0, 8 - expected));
    // Nothing is likely: one level is grown in any case, then no more.
    const unsure = await draftOnce({ shape: dynamic, threshold: 0.99 });
    expect(unsure.draft.verified - 1).toBe(8);
    expect(unsure.head.calls.grow).toBe(1);
    expect(head.calls.grow).toBeGreaterThanOrEqual(1);
    expect((await draftOnce({ shape: { ...dynamic, nodes: 5 }, threshold: 0.99 })).draft.verified).toBe(5);
  });

  it('of another kind than the method needs is refused, and so is none', () => {
    const head = new ToyHead(new ToyModel(), 'msd', () => text);
    expect(() => createDrafter(defaultMethod('eagle2'), null, 12, { head })).toThrow(
      /needs a draft head of kind eagle.*kind msd/,
    );
    expect(() => createDrafter(defaultMethod('vispec'), null, 12)).toThrow(/no draft head is loaded/);
    for (const kind of headKinds) {
      const head = new ToyHead(new ToyModel(), kind, () => text);
      const made = createDrafter(defaultMethod(kind), null, 12, { head });
      expect(made.drafts).toBe(true);
      expect(draftFileOf(defaultMethod(kind))).toBe(kind);
    }
  });
});

describe('Medusa', () => {
  /** The rows of the heads: the model's after 0, 1 and 2 of its own most likely tokens. */
  function rows(model: ToyModel, heads = 3): { id: number; log: number }[][] {
    let context = [...text];
    return Array.from({ length: heads }, () => {
      const logits = model.logitsAfter(context);
      const p = probabilities(logits);
      const order = ranked(logits);
      context = [...context, order[0] ?? 0];
      return order.slice(0, 8).map((id) => ({ id, log: Math.log(p[id] ?? 0) }));
    });
  }

  it('hangs each head’s list under every beam node and keeps the best by cumulative score', async () => {
    for (let seed = 0; seed < 5; seed++) {
      const model = new ToyModel({ seed });
      const [first = [], second = [], third = []] = rows(model);
      type Candidate = { readonly path: readonly number[]; readonly score: number };
      const under = (beam: readonly Candidate[], list: typeof first): Candidate[] =>
        beam.flatMap(({ path, score }) =>
          list.map(({ id, log }) => ({ path: [...path, id], score: score + log })),
        );
      const best = (of: readonly Candidate[], n: number) =>
        [...of].sort((a, b) => b.score - a.score).slice(0, n);
      const one = under([{ path: [], score: 0 }], first);
      const two = under(one, second);
      const three = under(best(two, 8), third);
      const expected = best([...one, ...two, ...three], 29).map(({ path }) => path.join(' '));
      const { draft, head } = await draftOnce({ kind: 'medusa', shape: { ...dynamic, depth: 2 }, model });
      const paths: string[] = [''];
      for (let i = 1; i < draft.verified; i++) {
        paths.push(`${paths[draft.parents[i] ?? 0]} ${draft.tokens[i]}`.trim());
      }
      expect(paths.slice(1).sort()).toEqual(expected.sort());
      expect(head.calls).toMatchObject({ start: 1, grow: 0 });
    }
  });

  it.each(shapes)('has as many levels as heads, whatever the shape wants: $kind', async (shape) => {
    const { draft } = await draftOnce({ kind: 'medusa', shape });
    expect(Math.max(...depths(draft))).toBe(3);
  });
});
