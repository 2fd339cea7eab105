import { describe, expect, it } from 'vitest';
import { PromptLookupDrafter } from '../../../src-main/decoding/drafters/pld.ts';
import { committed } from '../../fixtures/rounds.ts';

const budget = { nodes: 100, depth: 100 };

async function draftAfter(prompt: number[], answer: number[], limits = budget) {
  const drafter = new PromptLookupDrafter({ ngram: 4, maxDraft: 10 });
  await drafter.begin({ tokens: Int32Array.from(prompt), own: null, top: null });
  drafter.observe(committed(answer));
  return drafter.draft(limits);
}

describe('prompt lookup decoding', () => {
  it('copies what followed the n-gram, clipped at the end (methods.md 9)', async () => {
    const draft = await draftAfter([1, 2, 3, 4, 9], [1, 2, 3, 4]);
    const place = (at: number, source: string) => ({ source, matched: 4, at, rank: null });
    expect(draft).toMatchObject({
      verified: 6,
      tokens: Int32Array.of(4, 9, 1, 2, 3, 4),
      parents: Int32Array.of(-1, 0, 1, 2, 3, 4),
      provenance: [null, place(4, 'prompt'), ...[5, 6, 7, 8].map((at) => place(at, 'answer'))],
    });
  });

  it('says when the span was copied from the answer', async () => {
    const draft = await draftAfter([5], [1, 2, 3, 4, 6, 1, 2, 3, 4]);
    expect(draft).toMatchObject({ provenance: { 1: { at: 5, source: 'answer' } } });
  });

  it('keeps to the budget and says when there is no match', async () => {
    expect(await draftAfter([1, 2, 3, 4, 9], [1, 2, 3, 4], { nodes: 9, depth: 2 })).toMatchObject({
      verified: 3,
    });
    expect(await draftAfter([1, 2, 3, 4, 9], [1, 2, 3, 4], { nodes: 1, depth: 2 })).toMatchObject({
      verified: 2,
    });
    expect(await draftAfter([1, 2, 3, 4, 9], [1, 2, 3, 5])).toBe('no-match');
  });
});
