import { describe, expect, it } from 'vitest';
import type { NoDraftReason } from '#shared/domain/round.ts';
import { viewOf } from '../../../../src-renderer/features/inspect/model/run-view.ts';
import { reasonContext } from '../../../../src-renderer/features/inspect/tree/reason-context.ts';
import { health } from '../../../../src-renderer/features/inspect/words/health.ts';
import { nodeReason, ownReason } from '../../../../src-renderer/features/inspect/words/node-reason.ts';
import { probability, rank } from '../../../../src-renderer/features/inspect/words/numbers.ts';
import { plainReason } from '../../../../src-renderer/features/inspect/words/plain-reason.ts';
import { provenanceWords } from '../../../../src-renderer/features/inspect/words/provenance.ts';
import { detail, detailOf, records, round, tree } from './a-run.ts';

const view = viewOf(detail());
const context = reasonContext(view, 1, detailOf(1));

describe('reasons of nodes', () => {
  it('says of every node what became of it and why', () => {
    expect(tree.tokens.map((_, node) => nodeReason(context, node))).toEqual([
      'the last committed token, where this round began; not a draft',
      'accepted: the target chose it too (#1, p .93)',
      'the target chose «␣a», p .93; this was #3, p .020',
      'the target chose «␣red», p .88; this was #2, p .040',
      'its parent «␣green» was refused, so it never counted',
      'proposed, but cut by the node budget of 5 before verification',
    ]);
  });

  it('speaks of draws when the run sampled', () => {
    const sampled = {
      ...context,
      sampling: true,
      tree: { ...tree, fates: tree.fates.map((f) => (f === 'not-chosen' ? 'draw-refused' : f)) },
    };
    expect(nodeReason(sampled, 2)).toBe(
      'refused by the draw: the target drew «␣a», p .93; this was #3, p .020',
    );
    expect(nodeReason(sampled, 1)).toBe('accepted by the draw (#1, p .93)');
  });

  it('tells a right draft at the end of the answer from one after it', () => {
    const ended = { ...tree, fates: tree.fates.with(3, 'after-end') };
    expect(nodeReason({ ...context, tree: ended }, 3)).toBe(
      'the answer ended before it, so it could not count',
    );
    const right = { ...ended, tokens: tree.tokens.with(3, 4) };
    expect(nodeReason({ ...context, tree: right }, 3)).toMatch(/^right, but the answer ended/);
  });

  it('says what the draft had thought of a correction', () => {
    const correction = context.committed[1];
    if (correction === undefined) throw new Error('the round has a correction');
    expect(ownReason(context, correction)).toMatch(
      /had proposed it \(#2, q .20\), but the node budget cut it$/,
    );
    const uncut = { ...tree, tokens: tree.tokens.slice(0, 5) };
    expect(ownReason({ ...context, tree: uncut }, correction)).toMatch(/for the draft it was #2, q .20/);
    const unseen = { ...uncut, draftTop: tree.draftTop.with(1, { ids: [5], probs: [0.5] }) };
    expect(ownReason({ ...context, tree: unseen }, correction)).toMatch(
      /not have it among its 1 most likely$/,
    );
  });
});

describe('where a draft token was found', () => {
  it('is told by text, place and match, or by the target’s rank', () => {
    const found = { matched: 4, rank: null };
    expect(provenanceWords({ ...found, source: 'prompt', at: 17 })).toBe(
      'copied from the prompt at 17, after 4 matching tokens',
    );
    expect(provenanceWords({ ...found, source: 'turn', at: null, matched: 1 })).toBe(
      'copied from an earlier turn, after 1 matching token',
    );
    expect(provenanceWords({ ...found, source: 'run', at: null })).toMatch(/^copied from an earlier run,/);
    expect(provenanceWords({ source: 'draft', matched: 1, at: 9, rank: 2 })).toBe(
      'the target’s #3 after the same token, seen in a refused draft at 9',
    );
  });
});

describe('reasons of plain rounds', () => {
  const method = { name: 'pld', ngram: 4, maxDraft: 10 } as const;
  const reason = (noDraft: NoDraftReason | null) => plainReason(round({ index: 1, noDraft }), method);

  it('has words for every reason', () => {
    expect(reason(null)).toBeNull();
    expect(reason('prefill')).toMatch(/^prefill/);
    expect(reason('method')).toBe('the method pld n4 m10 drafts nothing');
    expect(reason('no-match')).toBe('no match: prompt lookup found no earlier place of the last 4 tokens');
    expect(reason('last-token')).toMatch(/one token was left/);
    expect(reason('draft-context-full')).toMatch(/raise the context size/);
  });

  it('gives the score and the threshold of a skipped round', () => {
    const skipped = records[2]?.round;
    if (skipped === undefined) throw new Error('the run has a skipped round');
    expect(plainReason(skipped, method)).toBe('the gate forbade drafting: r .61 ≥ .35');
  });
});

describe('health', () => {
  const text = (patch: Parameters<typeof health>[0]) => health(patch).map((h) => [h.level, h.text]);

  it('sums up a run that drafted', () => {
    expect(text(view)).toEqual([
      [
        'good',
        'Drafted in 1 of 2 rounds, 25.0% of the drafted tokens accepted; without a draft: 1 skipped by the gate',
      ],
    ]);
  });

  it('says plainly when nothing was drafted, and why', () => {
    const rounds = [view.rounds[0], view.rounds[2]].filter((r) => r !== undefined);
    expect(text({ ...view, rounds })).toEqual([
      ['silent', 'Nothing was drafted in 1 round: 1 skipped by the gate'],
    ]);
  });

  it('says when drafts were never accepted', () => {
    const rounds = view.rounds.map((r) => ({ ...r, accepted: 0 }));
    expect(text({ ...view, rounds })[0]).toEqual(['silent', expect.stringMatching(/never accepted/)]);
  });

  it('says when a gate had nothing to read', () => {
    const rounds = view.rounds.map((r) => ({ ...r, gate: { ...r.gate, score: null } }));
    expect(text({ ...view, rounds })[0]?.[1]).toMatch(/no attention was captured/);
    const turns = view.turns.map((t) => ({ ...t, imageTokens: 0 }));
    expect(text({ ...view, rounds, turns })[0]?.[1]).toMatch(/no image in the prompt/);
  });

  it('puts the reason of a crash first and does not blame plain decoding', () => {
    const spec = {
      ...view.summary.spec,
      method: { name: 'ar' },
      gate: { mode: 'off', threshold: 0.35 },
    } as const;
    const crashed = {
      ...view,
      summary: { ...view.summary, spec, status: 'crashed', reason: 'It died' },
    } as const;
    expect(health(crashed).map((h) => h.level)).toEqual(['error', 'note']);
    expect(health(crashed)[0]?.text).toBe('It died. The rounds until then are kept; press Run to try again.');
  });
});

describe('numbers', () => {
  it('prints probabilities like papers and ranks from one', () => {
    expect([1, 0.99996, 0.9981, 0.93, 0.1, 0.0999, 0.02, 0.0004, 0].map(probability)).toEqual([
      '1.00',
      '1.00',
      '.9981',
      '.93',
      '.10',
      '.100',
      '.020',
      '<.001',
      '0',
    ]);
    expect([0, 11, 1234].map(rank)).toEqual(['#1', '#12', '#1,235']);
  });
});
