import { describe, expect, it } from 'vitest';
import { topRows } from '../../../../src-renderer/features/inspect/details/top-rows.ts';
import {
  copiedFrom,
  copiedSpan,
  retrievedPath,
  tokensBefore,
  tokensBetween,
} from '../../../../src-renderer/features/inspect/model/provenance.ts';
import { quotedFrom } from '../../../../src-renderer/features/inspect/model/quoted.ts';
import { viewOf } from '../../../../src-renderer/features/inspect/model/run-view.ts';
import {
  nodeOfPlace,
  ownNode,
  placeOfNode,
  placeOfRow,
  subjectOf,
} from '../../../../src-renderer/features/inspect/model/subject.ts';
import { reasonContext } from '../../../../src-renderer/features/inspect/tree/reason-context.ts';
import { treeNodes, treeParents } from '../../../../src-renderer/features/inspect/tree/tree-nodes.ts';
import { detail, detailOf, token, tree, turn } from './a-run.ts';

const context = reasonContext(viewOf(detail()), 1, detailOf(1));
const { committed } = context;

describe('tokens and nodes', () => {
  it('finds the node of every committed token and back', () => {
    expect([0, 1].map((place) => nodeOfPlace(tree, committed, place))).toEqual([1, ownNode(tree)]);
    expect([0, 1, 2, 3, 6].map((node) => placeOfNode(tree, committed, node))).toEqual([
      null,
      0,
      null,
      null,
      1,
    ]);
  });

  it('judges a node at its parent’s row, the target’s own token at its own', () => {
    expect(subjectOf(tree, committed, 3)).toMatchObject({ tokenId: 5, token: null, row: 1 });
    expect(subjectOf(tree, committed, ownNode(tree))).toMatchObject({ tokenId: 4, place: 1, row: 1 });
    expect(subjectOf(tree, committed, 0)).toMatchObject({ tokenId: 2, row: null });
    expect(subjectOf(tree, committed, 99)).toBeNull();
  });

  it('lends a refused node the attention of the row that refused it', () => {
    expect(placeOfRow(committed, 1)).toBe(1);
    expect(placeOfRow(committed, 2)).toBeNull();
  });
});

describe('boxes of the tree', () => {
  it('puts the target’s own token after the accepted path', () => {
    const nodes = treeNodes(context);
    expect(nodes.map((n) => n.look)).toEqual([
      'root',
      'accepted',
      'refused',
      'refused',
      'unreached',
      'cut',
      'correction',
    ]);
    expect(treeParents(context)).toEqual([-1, 0, 0, 1, 2, 1, 1]);
    expect(nodes[1]?.detail).toBe('q .60 → p .93 #1');
    expect(nodes[5]?.detail).toBe('q .20');
    expect(nodes[6]).toMatchObject({ label: '␣red', detail: 'correction p .88 #1' });
  });
});

describe('most likely tokens side by side', () => {
  it('gives every token its rank on the other side and marks the chosen one', () => {
    const rows = topRows(tree.targetTop[0] ?? null, tree.draftTop[0] ?? null, String, {
      chosen: 3,
      subject: 6,
    });
    expect(rows.map((r) => [r.label, r.other, r.mark])).toEqual([
      ['3', '#1', 'chosen'],
      ['5', '–', null],
      ['6', '#2', 'this'],
    ]);
    expect(topRows(null, null, String, { chosen: null, subject: null })).toEqual([]);
  });
});

describe('where a draft was found', () => {
  const found = (at: number) => ({ source: 'prompt' as const, matched: 2, at, rank: null });
  const retrieved = { ...tree, provenance: [null, found(5), found(7), found(6), found(8), found(9)] };

  it('follows the accepted path, or the one through the chosen node', () => {
    expect(retrievedPath(retrieved, 0).map(({ node }) => node)).toEqual([1, 3]);
    expect(retrievedPath(retrieved, 2).map(({ node, from }) => [node, from.at])).toEqual([
      [2, 7],
      [4, 8],
    ]);
    expect(retrievedPath(tree, 0)).toEqual([]);
  });

  it('reads the match from the prompt and on into the answer', () => {
    const answer = [5, 6].map((id) => token({ id, round: 0, origin: 'plain' }));
    expect(tokensBefore(turn, answer, 1, 3)).toEqual([3, 4, 5]);
    expect(tokensBefore(turn, answer, 2, 2)).toEqual([5, 6]);
    expect(tokensBefore(turn, [], 0, 4)).toEqual([-1, -1, 3, 4]);
    expect(tokensBefore(turn, [], 0, 40)).toEqual(turn.promptTokens);
    expect(tokensBetween(turn, answer, 4, 8)).toEqual([3, 4, 5, 6]);
    expect(tokensBetween(turn, answer, -3, 1)).toEqual([1]);
  });

  it('gives the part of the question that was copied, in whichever turn it was asked', () => {
    const vocabulary = new Map(
      ['<user>', 'What', ' is', ' this', '?', '<end>', 'Été', ' too'].map((text, id) => [
        id,
        new TextEncoder().encode(text),
      ]),
    );
    const asked = (index: number, user: string, promptTokens: number[]) => ({
      ...turn,
      index,
      user,
      promptTokens,
    });
    const one = asked(0, 'What is this?', [0, -1, -1, 1, 2, 3, 4, 5]);
    const two = asked(1, 'Été too?', [0, -1, -1, 1, 2, 3, 4, 5, 0, 6, 7, 4, 5]);
    const at = (last: number) => ({
      ...tree,
      provenance: [null, found(last), found(0), found(last), null, null],
    });
    const words = (turns: (typeof one)[], last: number) =>
      quotedFrom(turns, turns.at(-1) ?? one, vocabulary, at(last), 1).map(({ turn: t, from, to }) =>
        [t, turns[t]?.user.slice(from, to)].join(': '),
      );
    // A path of two after two that matched: four places.
    expect(words([one], 6)).toEqual(['0: What is this?']);
    expect(words([one], 5)).toEqual(['0: What is this']);
    expect(words([one], 4)).toEqual(['0: What is']);
    expect(words([one, two], 5)).toEqual(['0: What is this']);
    expect(words([one, two], 11)).toEqual(['1: Été too?']);
    expect(words([one, two], 9)).toEqual(['0: ?', '1: Été']);
    expect(words([one], 40)).toEqual([]);
    expect(quotedFrom([one], one, vocabulary, tree, 1)).toEqual([]);
  });

  it('gives the span of the match and the copy, and the answer tokens in it', () => {
    expect(copiedSpan(retrievedPath(retrieved, 0))).toEqual({ from: 3, to: 7 });
    expect([...copiedFrom(turn, 10, retrieved, 0)]).toEqual([10]);
    expect([...copiedFrom(turn, 10, tree, 0)]).toEqual([]);
    expect(copiedSpan([{ node: 1, from: { source: 'answer', matched: 1, at: 4, rank: 2 } }])).toBeNull();
  });
});
