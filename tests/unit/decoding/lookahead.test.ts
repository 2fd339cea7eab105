import { describe, expect, it } from 'vitest';
import type { Draft } from '../../../src-main/decoding/drafters/drafter.ts';
import { LookaheadDrafter } from '../../../src-main/decoding/drafters/lookahead.ts';
import { Trie } from '../../../src-main/decoding/retrieval/trie.ts';
import type { Variant } from '../../../src-shared/domain/method.ts';
import { committed } from '../../fixtures/rounds.ts';

const wide = { nodes: 100, depth: 100 };

interface Options {
  readonly variant?: Variant;
  readonly nodes?: number;
  readonly branch?: number;
  readonly query?: number;
  readonly trie?: Trie;
}

function make({ variant = 'paper', nodes = 64, branch = 12, query = 4, trie = new Trie() }: Options = {}) {
  const drafter = new LookaheadDrafter({ variant, nodes, branch, query }, trie);
  const turn = async (prompt: number[], ...rounds: number[][]): Promise<Draft | string> => {
    await drafter.begin({ tokens: Int32Array.from(prompt), own: null, top: null });
    for (const tokens of rounds) drafter.observe(committed(tokens));
    return drafter.draft(wide);
  };
  return { drafter, turn };
}

const shape = (draft: Draft | string) =>
  typeof draft === 'string'
    ? draft
    : {
        tokens: [...draft.tokens],
        parents: [...draft.parents],
        at: draft.provenance?.map((p) => p?.at ?? null),
      };

describe('lookahead trie', () => {
  it('drafts all that followed the last tokens, the more frequent branch first', async () => {
    const { turn } = make({ branch: 2, query: 1 });
    const draft = await turn([1, 2, 3, 1, 4, 5, 1, 4, 6], [1]);
    expect(shape(draft)).toEqual({
      tokens: [1, 4, 5, 6, 2, 3],
      parents: [-1, 0, 1, 1, 0, 4],
      // "4" was seen last at 7, the rest once
      at: [null, 7, 5, 8, 1, 2],
    });
    expect(draft).toMatchObject({ provenance: { 1: { source: 'prompt', matched: 1, rank: null } } });
  });

  it('looks up the longest query first, and a shorter one where that gives less than a branch', async () => {
    const prompt = [7, 1, 2, 3, 4, 8, 1, 5, 6];
    const long = await make({ branch: 3, query: 2 }).turn(prompt, [7, 1]);
    expect(long).toMatchObject({ tokens: Int32Array.of(1, 2, 3), provenance: { 1: { matched: 2 } } });
    const short = await make({ branch: 12, query: 2 }).turn(prompt, [7, 1]);
    expect(short).toMatchObject({ verified: 10, provenance: { 1: { matched: 1 } } });
  });

  it('drafts the first branch of the longest query only, as MMSpec’s code verifies it', async () => {
    const prompt = [1, 2, 3, 4, 5, 9, 3, 4, 6, 8];
    const draft = await make({ variant: 'mmspec', branch: 4, query: 1 }).turn(prompt, [2, 3, 4]);
    // "2 3 4" gives two tokens, "3 4" both branches
    expect(shape(draft)).toEqual({ tokens: [4, 5, 9, 3], parents: [-1, 0, 1, 2], at: [null, 4, 5, 6] });
  });

  it('keeps to its nodes and the budget', async () => {
    const prompt = [1, 2, 3, 4, 5, 6, 7, 1, 8, 9];
    expect(await make({ nodes: 4 }).turn(prompt, [1])).toMatchObject({ verified: 4 });
    const { drafter } = make();
    await drafter.begin({ tokens: Int32Array.from(prompt), own: null, top: null });
    drafter.observe(committed([1]));
    expect(await drafter.draft({ nodes: 2, depth: 9 })).toMatchObject({ verified: 3 });
    expect(shape(await drafter.draft({ nodes: 99, depth: 1 }))).toMatchObject({ tokens: [1, 2, 8] });
  });

  it('streams the answer in once a token has a whole branch after it', async () => {
    const { drafter, turn } = make({ branch: 4, query: 1 });
    expect(await turn([9], [1, 2], [3, 1])).toBe('no-match');
    drafter.observe(committed([5, 1]));
    expect(await drafter.draft(wide)).toMatchObject({
      tokens: Int32Array.of(1, 2, 3, 1, 5),
      provenance: { 1: { source: 'answer', at: 2 } },
    });
  });

  it('never drafts or matches image tokens', async () => {
    expect(await make().turn([1, 2, -1, -1, 3, 1], [2])).toBe('no-match');
    expect(await make().turn([1, 2, 5, -1, -1, 3], [1, 2])).toMatchObject({ tokens: Int32Array.of(2, 5) });
  });

  it('keeps what earlier turns of the sample answered, not their prompts', async () => {
    const { turn } = make();
    await turn([1, 2, 3], [4, 5, 6]);
    expect(await turn([8], [1])).toBe('no-match');
    expect(await turn([8], [4])).toMatchObject({
      tokens: Int32Array.of(4, 5, 6),
      provenance: { 1: { source: 'turn', matched: 1, at: null } },
    });
  });

  it('finds what earlier runs answered in a trie that is shared', async () => {
    const trie = new Trie();
    await make({ trie }).turn([1, 2, 3], [4, 5, 6]);
    expect(await make({ trie }).turn([8], [4])).toMatchObject({
      tokens: Int32Array.of(4, 5, 6),
      provenance: { 1: { source: 'run', matched: 1, at: null } },
    });
    expect(await make().turn([8], [4])).toBe('no-match');
  });
});
