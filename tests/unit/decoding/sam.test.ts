import { describe, expect, it } from 'vitest';
import { SamDrafter } from '../../../src-main/decoding/drafters/sam.ts';
import type { Variant } from '../../../src-shared/domain/method.ts';
import { committed } from '../../fixtures/rounds.ts';

const wide = { nodes: 100, depth: 100 };

async function draftAfter(prompt: number[], answer: number[], variant: Variant, limits = wide) {
  const drafter = new SamDrafter({ variant, perMatch: 4, maxDraft: 39 });
  await drafter.begin({ tokens: Int32Array.from(prompt), own: null, top: null });
  drafter.observe(committed(answer));
  return drafter.draft(limits);
}

describe('SAM decoding', () => {
  it('drafts what followed the first place of the match (methods.md 9)', async () => {
    expect(await draftAfter([6, 1, 5, 6], [7, 5, 6], 'paper')).toMatchObject({
      tokens: Int32Array.of(6, 7, 5, 6),
      parents: Int32Array.of(-1, 0, 1, 2),
      provenance: [null, ...[4, 5, 6].map((at) => ({ source: 'answer', matched: 2, at, rank: null }))],
    });
  });

  it('steps once more on the last token as MMSpec’s code does (methods.md 9)', async () => {
    const draft = await draftAfter([6, 1, 5, 6], [7, 5, 6], 'mmspec');
    expect(draft).toMatchObject({
      tokens: Int32Array.of(6, 1, 5, 6, 7),
      provenance: { 1: { source: 'prompt', matched: 1, at: 1 } },
    });
    // "2 2" stood before, and the code copies what followed it; only its last token is the text's last.
    expect(await draftAfter([2, 2, 3, 4], [2], 'mmspec')).toMatchObject({
      tokens: Int32Array.of(2, 3, 4, 2),
      provenance: { 1: { matched: 1, at: 2 } },
    });
  });

  it('drafts four tokens per matched one, at most maxDraft and what the budget allows', async () => {
    const text = Array.from({ length: 100 }, (_, i) => i + 10);
    expect(await draftAfter(text, [12], 'paper')).toMatchObject({ verified: 1 + 4 });
    expect(await draftAfter(text, [12, 13], 'paper')).toMatchObject({ verified: 1 + 8 });
    expect(await draftAfter(text, text.slice(0, 20), 'paper')).toMatchObject({ verified: 1 + 39 });
    expect(await draftAfter(text, [12, 13], 'paper', { nodes: 9, depth: 3 })).toMatchObject({ verified: 4 });
  });

  it('neither matches nor copies image tokens', async () => {
    expect(await draftAfter([1, 5, -1, -1, 7], [1, 5], 'paper')).toBe('no-match');
    expect(await draftAfter([1, 5, 6, -1, 7], [1, 5], 'paper')).toMatchObject({
      tokens: Int32Array.of(5, 6),
    });
    expect(await draftAfter([3, -1, -1, 7, 8], [7], 'paper')).toMatchObject({
      tokens: Int32Array.of(7, 8, 7),
      provenance: { 1: { matched: 1 } },
    });
  });

  it('has nothing to say after a new token, and forgets the turn before', async () => {
    expect(await draftAfter([1, 2, 3], [4], 'paper')).toBe('no-match');
    expect(await draftAfter([1, 2, 3], [4], 'mmspec')).toBe('no-match');
    const drafter = new SamDrafter({ variant: 'paper', perMatch: 4, maxDraft: 39 });
    await drafter.begin({ tokens: Int32Array.of(1, 2, 3), own: null, top: null });
    await drafter.begin({ tokens: Int32Array.of(5), own: null, top: null });
    drafter.observe(committed([1]));
    expect(await drafter.draft(wide)).toBe('no-match');
  });
});
