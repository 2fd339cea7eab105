import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDrafter } from '../../../src-main/decoding/drafters/create.ts';
import { RecyclingDrafter } from '../../../src-main/decoding/drafters/recycling.ts';
import { defaultMethod, type MethodSpec } from '../../../src-shared/domain/method.ts';
import { binaryShape, recyclingShape } from '../../../src-shared/domain/shapes.ts';
import { decodeAll } from '../../fixtures/decode.ts';
import { committed } from '../../fixtures/rounds.ts';
import { ranked, ToyModel } from '../../fixtures/toy-model.ts';

const wide = { nodes: 100, depth: 100 };

/** The target's top 8 of a prompt token: what `after` says, then fillers that nothing follows. */
function top(tokens: readonly number[], after: Readonly<Record<number, readonly number[]>>): Int32Array {
  return Int32Array.from(
    tokens.flatMap((token) =>
      (token < 0 ? [] : (after[token] ?? [])).concat(new Array(8).fill(99)).slice(0, 8),
    ),
  );
}

describe('token recycling', () => {
  const after = { 1: [2, 3], 2: [4, 5], 3: [6, 1], 4: [7, 7] };
  const tokens = [1, 2, 3, 4];

  async function begun(method: Partial<Extract<MethodSpec, { name: 'recycling' }>> = {}) {
    const drafter = new RecyclingDrafter({ variant: 'paper', shape: binaryShape(2), ...method });
    await drafter.begin({ tokens: Int32Array.from(tokens), own: null, top: top(tokens, after) });
    return drafter;
  }

  it('fills its tree breadth first from the rows of the prompt', async () => {
    const drafter = await begun();
    drafter.observe(committed([1]));
    const found = (at: number, rank: number) => ({ source: 'prompt', matched: 1, at, rank });
    expect(await drafter.draft(wide)).toMatchObject({
      tokens: Int32Array.of(1, 2, 3, 4, 5, 6, 1),
      parents: Int32Array.of(-1, 0, 0, 1, 1, 2, 2),
      provenance: [null, found(1, 0), found(1, 1), found(2, 0), found(2, 1), found(3, 0), found(3, 1)],
    });
  });

  it('takes the row of the prompt’s last token from the first round', async () => {
    const drafter = await begun({ shape: { kind: 'chain', length: 1 } });
    drafter.observe(committed([4], 4, [8, 9]));
    expect(await drafter.draft(wide)).toMatchObject({
      tokens: Int32Array.of(4, 8),
      provenance: { 1: { source: 'answer', at: 4, rank: 0 } },
    });
  });

  it('keeps the rows of refused nodes too, and those of the answer before them', async () => {
    const drafter = await begun({ shape: { kind: 'chain', length: 3 } });
    drafter.observe(committed([1]));
    const draft = {
      ...committed([1]).draft,
      verified: 4,
      tokens: Int32Array.of(1, 2, 3, 2),
      parents: Int32Array.of(-1, 0, 0, 2),
    };
    const { rows } = committed([], 1, [2, 60, 61, 62]);
    // 2 is accepted as a child of 1; 3 and the 2 below it are refused
    drafter.observe({ tokens: [2, 40], path: [0, 1], draft, rows: { ...rows, n: 4 } });
    drafter.observe(committed([3], 40, [3]));
    const found = (source: string, at: number) => ({ source, matched: 1, at, rank: 0 });
    // prompt 1 2 3 4, answer 1 2 40 3
    expect(await drafter.draft(wide)).toMatchObject({
      tokens: Int32Array.of(3, 61),
      provenance: [null, found('draft', 6)],
    });
    drafter.observe(committed([2], 3, [2]));
    expect(await drafter.draft(wide)).toMatchObject({
      tokens: Int32Array.of(2, 60),
      provenance: [null, found('answer', 6)],
    });
  });

  it('keeps to the budget, and has nothing after a token whose row is unknown', async () => {
    const drafter = await begun();
    drafter.observe(committed([1]));
    expect(await drafter.draft({ nodes: 3, depth: 9 })).toMatchObject({ verified: 4 });
    expect(await drafter.draft({ nodes: 9, depth: 1 })).toMatchObject({ verified: 3 });
    drafter.observe(committed([77]));
    expect(await drafter.draft(wide)).toBe('no-match');
    await drafter.begin({ tokens: Int32Array.of(5), own: null, top: top([5], {}) });
    drafter.observe(committed([1]));
    expect(await drafter.draft(wide)).toBe('no-match');
  });

  it('stops before it repeats itself, as MMSpec’s code does', async () => {
    const cycle = { 1: [2], 2: [3], 3: [2] };
    const draftWith = async (variant: 'paper' | 'mmspec') => {
      const drafter = new RecyclingDrafter({ variant, shape: { kind: 'chain', length: 10 } });
      await drafter.begin({ tokens: Int32Array.of(1, 2, 3), own: null, top: top([1, 2, 3], cycle) });
      drafter.observe(committed([1]));
      return drafter.draft(wide);
    };
    expect(await draftWith('paper')).toMatchObject({ tokens: { length: 11 } });
    // 2 3 2 3 would be 2 3 twice
    expect(await draftWith('mmspec')).toMatchObject({ tokens: Int32Array.of(1, 2, 3, 2) });
  });

  it('has the published tree: 80 nodes in 6 levels, each rank after the one before', () => {
    const { parents, ranks } = recyclingShape;
    const names = [''];
    for (const [i, parent] of parents.entries()) names.push(`${names[parent]}${ranks[i]}`);
    const levels = [1, 2, 3, 4, 5, 6].map((depth) => names.filter((name) => name.length === depth).length);
    expect(levels).toEqual([8, 21, 25, 15, 8, 3]);
    for (const name of names) {
      const last = Number(name.at(-1));
      if (last > 0) expect(names).toContain(`${name.slice(0, -1)}${last - 1}`);
    }
    expect(names.at(-1)).toBe('000100');
  });

  it('proposes what the target’s own rows say, whichever place they come from', async () => {
    const sources: Record<string, number> = {};
    await fc.assert(
      fc.asyncProperty(
        fc.nat(1000),
        fc.array(fc.nat(11), { minLength: 1, maxLength: 10 }),
        async (seed, prompt) => {
          const target = new ToyModel({ seed });
          const drafter = createDrafter(defaultMethod('recycling'), null, 12);
          const parts = [{ tokens: Int32Array.from(prompt) }];
          const run = await decodeAll({
            target,
            drafter,
            prompt: { parts, addSpecial: false },
            maxTokens: 30,
          });
          const text = [...prompt, ...run.ids];
          const rows = text.map((_, at) => ranked(target.logitsAfter(text.slice(0, at))));
          const proposed: number[] = [];
          const said: (number | undefined)[] = [];
          for (const { tree } of run.records) {
            for (const [node, found] of (tree.provenance ?? []).entries()) {
              if (found === null) continue;
              sources[found.source] = (sources[found.source] ?? 0) + 1;
              if (found.source === 'draft') continue;
              proposed.push(tree.tokens[node] ?? -1);
              said.push(rows[found.at ?? -1]?.[found.rank ?? -1]);
            }
          }
          expect(proposed).toEqual(said);
        },
      ),
      { seed: 1, numRuns: 20 },
    );
    expect(Math.min(sources.prompt ?? 0, sources.answer ?? 0, sources.draft ?? 0)).toBeGreaterThan(200);
  });
});
