import { describe, expect, it } from 'vitest';
import { lookUp, PromptLookupDrafter } from '../../../src-main/decoding/drafters/pld.ts';
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
    expect(draft).toMatchObject({
      verified: 6,
      tokens: Int32Array.of(4, 9, 1, 2, 3, 4),
      parents: Int32Array.of(-1, 0, 1, 2, 3, 4),
      provenance: [
        null,
        ...[4, 5, 6, 7, 8].map((at) => ({
          matched: 4,
          at,
          rank: null,
          source: at < 5 ? ('prompt' as const) : ('answer' as const),
        })),
      ],
    });
  });

  it('takes the most recent match and at most maxDraft tokens', () => {
    const tokens = [1, 2, 7, 7, 1, 2, 8, 8, 8, 1, 2];
    expect(lookUp(tokens, 2, 3)).toEqual({ start: 6, length: 3 });
  });

  it('says when the span was copied from the answer', async () => {
    const draft = await draftAfter([5], [1, 2, 3, 4, 6, 1, 2, 3, 4]);
    expect(draft).toMatchObject({ provenance: { 1: { at: 5, source: 'answer' } } });
  });

  it('wants a window fully before the query', () => {
    expect(lookUp([1, 1, 1, 1, 1], 4, 10)).toBeNull();
    expect(lookUp([1, 1, 1, 1, 1, 1, 1, 1], 4, 10)).toEqual({ start: 4, length: 4 });
    expect(lookUp([1, 2, 3], 4, 10)).toBeNull();
  });

  it('never matches or copies image tokens, but looks further back', () => {
    expect(lookUp([1, -1, 5, 1, -1], 2, 4)).toBeNull();
    expect(lookUp([1, 2, 3, 4, 5, 6, 1, 2, -1, 8, 1, 2], 2, 3)).toEqual({ start: 2, length: 3 });
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
