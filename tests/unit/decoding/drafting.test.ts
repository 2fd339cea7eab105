import { describe, expect, it } from 'vitest';
import { DraftContext } from '../../../src-main/decoding/drafters/draft-context.ts';
import { ModelDrafter } from '../../../src-main/decoding/drafters/draft-model.ts';
import type { Draft } from '../../../src-main/decoding/drafters/drafter.ts';
import type { DraftShape } from '../../../src-shared/domain/method.ts';
import { chainShape, eagleShape } from '../../../src-shared/domain/shapes.ts';
import { decodeAll } from '../../fixtures/decode.ts';
import { committed } from '../../fixtures/rounds.ts';
import { probabilities, ranked, ToyModel } from '../../fixtures/toy-model.ts';

const promptTokens = [3, 1, 4, 1, 5];
const prompt = { parts: [{ tokens: Int32Array.from(promptTokens) }], addSpecial: false };
const wide = { nodes: 100, depth: 100 };

async function draftOnce(model: ToyModel, shape: DraftShape, budget = wide, vocab = 12): Promise<Draft> {
  const drafter = new ModelDrafter(model, shape, vocab);
  await drafter.begin({ tokens: Int32Array.from(promptTokens), own: prompt, top: null });
  drafter.observe(committed([9, 2]));
  const draft = await drafter.draft(budget);
  if (typeof draft === 'string') throw new Error(draft);
  return draft;
}

/** EAGLE-2 as methods.md 4.0.1 tells it, straight from the table of logits: paths with their scores, best `nodes - 1`. */
function eagle2(model: ToyModel, topK: number, depth: number, nodes: number): string[] {
  const start = [...promptTokens, 9, 2];
  interface Candidate {
    readonly path: readonly number[];
    readonly score: number;
  }
  const children = ({ path, score }: Candidate): Candidate[] => {
    const logits = model.logitsAfter([...start, ...path]);
    const p = probabilities(logits);
    return ranked(logits)
      .slice(0, topK)
      .map((id) => ({ path: [...path, id], score: score + Math.log(p[id] ?? 0) }));
  };
  const best = (of: Candidate[], n: number) => [...of].sort((a, b) => b.score - a.score).slice(0, n);
  let beam = children({ path: [], score: 0 });
  const pool = [...beam];
  for (let d = 0; d < depth; d++) {
    const level = beam.flatMap(children);
    pool.push(...level);
    beam = best(level, topK);
  }
  return best(pool, nodes - 1).map(({ path, score }) => `${path.join(' ')}: ${score.toFixed(4)}`);
}

function paths(draft: Draft, upTo = draft.verified): string[] {
  const path: string[] = [''];
  for (let i = 1; i < upTo; i++) {
    path.push(`${path[draft.parents[i] ?? 0]} ${draft.tokens[i]}`.trim());
  }
  return path.slice(1).map((p, i) => `${p}: ${draft.scores?.logProb[i + 1]?.toFixed(4)}`);
}

describe('a drafting model', () => {
  it.each([
    [8, 3, 30],
    [2, 1, 4],
    [4, 5, 60],
    [10, 0, 6],
  ])('makes EAGLE-2’s tree for K=%i, D=%i, N=%i', async (topK, depth, nodes) => {
    for (let seed = 0; seed < 5; seed++) {
      const model = new ToyModel({ seed });
      const draft = await draftOnce(model, { kind: 'dynamic', topK, depth, nodes });
      expect(paths(draft).sort()).toEqual(eagle2(model, topK, depth, nodes).sort());
      expect(model.calls).toMatchObject({ prefill: 1, decodeTree: 1, growTree: depth, logits: 0 });
      // 2 committed tokens at the head, then K nodes per level; the last level is only proposed.
      expect(model.calls.nodes).toBe(2 + depth * topK);
    }
  });

  it('fills a static shape rank by rank without decoding its leaves', async () => {
    const model = new ToyModel();
    const draft = await draftOnce(model, eagleShape);
    expect(draft.verified).toBe(26);
    for (let i = 1; i < 26; i++) {
      const parent = draft.parents[i] ?? 0;
      const rank = draft.scores?.rank[i] ?? -1;
      expect(draft.top[parent]?.ids[rank]).toBe(draft.tokens[i]);
      expect(draft.top[parent]?.probs[rank]).toBe(draft.scores?.prob[i]);
    }
    expect(model.calls).toMatchObject({ decodeTree: 1, growTree: 4 });
    const inner = new Set(eagleShape.parents.filter((p) => p > 0)).size;
    expect(model.calls.nodes).toBe(2 + inner);
  });

  it('makes the same draft from a chain and from a chain-shaped static tree', async () => {
    const chain = await draftOnce(new ToyModel(), { kind: 'chain', length: 5 });
    expect(chain).toEqual(await draftOnce(new ToyModel(), chainShape(5)));
    expect([...chain.parents]).toEqual([-1, 0, 1, 2, 3, 4]);
  });

  it.each<DraftShape>([
    { kind: 'chain', length: 8 },
    eagleShape,
    { kind: 'dynamic', topK: 8, depth: 3, nodes: 30 },
  ])('keeps to the budget: $kind', async (shape) => {
    const levels = async (budget: { nodes: number; depth: number }) => {
      const draft = await draftOnce(new ToyModel(), shape, budget);
      const depth: number[] = [0];
      for (let i = 1; i < draft.tokens.length; i++) depth.push((depth[draft.parents[i] ?? 0] ?? 0) + 1);
      return { nodes: draft.verified - 1, depth: Math.max(...depth) };
    };
    expect((await levels({ nodes: 100, depth: 2 })).depth).toBe(2);
    expect((await levels({ nodes: 3, depth: 100 })).nodes).toBe(3);
    expect(await levels({ nodes: 1, depth: 1 })).toMatchObject({ nodes: 1 });
  });

  it('records the best cut proposals behind the verified ones', async () => {
    const draft = await draftOnce(new ToyModel(), { kind: 'dynamic', topK: 8, depth: 3, nodes: 30 });
    expect(draft.tokens.length - draft.verified).toBe(64);
    const all = paths(draft, draft.tokens.length);
    expect(new Set(all).size).toBe(all.length);
  });

  it('stops growing where one tree can hold no more leaves', async () => {
    const model = new ToyModel({ vocab: 40, scale: 0.3 });
    const draft = await draftOnce(model, { kind: 'dynamic', topK: 32, depth: 16, nodes: 128 }, wide, 40);
    expect(draft.verified).toBe(101);
    expect(model.calls.growTree).toBe(4);
  });

  it('never proposes an id that the target does not have', async () => {
    for (const shape of [eagleShape, { kind: 'dynamic', topK: 8, depth: 3, nodes: 60 } as const]) {
      for (let seed = 0; seed < 10; seed++) {
        const draft = await draftOnce(new ToyModel({ vocab: 14, seed }), shape, wide, 10);
        expect(Math.max(...draft.tokens)).toBeLessThan(10);
      }
    }
  });

  it('goes on when the target commits an id that the draft does not have', async () => {
    const target = new ToyModel({ vocab: 16 });
    const drafter = new ModelDrafter(new ToyModel({ vocab: 10 }), eagleShape, 16);
    const run = await decodeAll({ target, drafter, prompt, maxTokens: 80 });
    const plain = await decodeAll({ target: new ToyModel({ vocab: 16 }), prompt, maxTokens: 80 });
    expect(run.ids).toEqual(plain.ids);
    expect(Math.max(...run.ids)).toBeGreaterThanOrEqual(10);
  });

  it('evaluates no token twice over a turn', async () => {
    const draft = new ToyModel({ noise: 0.4 });
    const drafter = new ModelDrafter(draft, { kind: 'chain', length: 4 }, 12);
    const run = await decodeAll({ target: new ToyModel(), drafter, prompt, maxTokens: 100 });
    const drafted = run.records.slice(1).map(({ round }) => round);
    expect(drafted.some((r) => r.accepted > 0 && r.accepted < r.drafted)).toBe(true);
    // Head: what the draft had not decoded; then length - 1 grown nodes. A fully accepted chain leaves its last token
    // and the bonus token, any other round only the target's own token.
    let expected = 0;
    for (const [i, round] of drafted.entries()) {
      if (round.drafted === 0) continue;
      const before = drafted[i - 1];
      expected += (before && before.accepted === before.drafted ? 2 : 1) + round.drafted - 1;
    }
    expect(draft.calls.nodes).toBe(expected);
  });

  it('catches up in slices after many rounds without drafting', async () => {
    const model = new ToyModel();
    const context = new DraftContext(model, 10);
    await context.begin(prompt);
    const committed = Array.from({ length: 200 }, (_, i) => (i * 5) % 12);
    context.observe(committed);
    const row = await context.start();
    expect(model.calls).toMatchObject({ decodeTree: 4, nodes: 200 });
    const logits = model.logitsAfter([...promptTokens, ...committed]);
    const top = row?.rows.topIds.subarray(row.index * 10, row.index * 10 + 10);
    expect([...(top ?? [])]).toEqual(ranked(logits).slice(0, 10));
  });

  it('stops growing where its own context is full, then says so', async () => {
    const shape: DraftShape = { kind: 'chain', length: 4 };
    const room = (cells: number) =>
      draftOnce(new ToyModel({ contextSize: promptTokens.length + cells }), shape);
    expect((await room(5)).verified).toBe(5);
    expect((await room(3)).verified).toBe(3);
    expect((await room(2)).verified).toBe(2);
    await expect(room(1)).rejects.toThrow('draft-context-full');
  });

  it('refuses to begin without a prompt or a context', async () => {
    const drafter = new ModelDrafter(new ToyModel(), eagleShape, 12);
    expect(() => drafter.begin({ tokens: new Int32Array(1), own: null, top: null })).toThrow('no prompt');
  });
});
