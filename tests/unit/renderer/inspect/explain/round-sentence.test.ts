/** Sentences of rounds that the built-in models decoded (tests/golden/recorded-rounds.jsonl, one of every kind). */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { methodSpecSchema } from '#shared/domain/method.ts';
import { roundSchema, tokenPieceSchema } from '#shared/domain/round.ts';
import { turnSchema } from '#shared/domain/run.ts';
import { answerTokenSchema } from '#shared/domain/token.ts';
import { draftTreeSchema } from '#shared/domain/tree.ts';
import { roundSentence } from '../../../../../src-renderer/features/inspect/explain/round-sentence.ts';
import { storyOf } from '../../../../../src-renderer/features/inspect/explain/story.ts';
import { viewOf } from '../../../../../src-renderer/features/inspect/model/run-view.ts';
import { tokenLabel, withPieces } from '../../../../../src-renderer/features/inspect/model/vocabulary.ts';
import { detail, detailOf, tree } from '../a-run.ts';

const recordedRound = z.object({
  name: z.string(),
  method: methodSpecSchema,
  round: roundSchema,
  committed: z.array(answerTokenSchema),
  tree: draftTreeSchema,
  endedBy: turnSchema.unwrap().shape.endedBy,
  pieces: z.array(tokenPieceSchema),
});

const rounds = readFileSync(new URL('../../../../golden/recorded-rounds.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => recordedRound.parse(JSON.parse(line)));

function sentences(name: string): readonly [string, string] {
  const found = rounds.find((round) => round.name === name);
  if (found === undefined) throw new Error(`no recorded round "${name}"`);
  const vocabulary = withPieces(new Map(), found.pieces);
  const story = { ...found, label: (id: number) => tokenLabel(vocabulary, id) };
  return [roundSentence(story), roundSentence({ ...story, tree: null })];
}

describe('the sentence about a round', () => {
  it.each([
    [
      'prefill',
      'Prefill: the first token of a turn comes from the last row of the prompt, before anything is drafted; the target put «On», p .9999.',
    ],
    [
      'plain decoding at the token limit',
      'Nothing drafted: the method ar drafts nothing; the target put «␣I», p .9982; the token limit ended the answer.',
    ],
    [
      'no match',
      'Nothing drafted: no match: prompt lookup found no earlier place of the last 2 tokens; the target put «␣can», p 1.00.',
    ],
    ['gate', 'Nothing drafted: the gate forbade drafting: r .50 ≥ .35; the target put «␣objects», p 1.00.'],
    [
      'nothing accepted',
      '4 drafted, none accepted; «␣diamond» refused: target preferred «␣cross», p .99 to <.001, while looking at the image with .56 of its attention.',
    ],
    [
      'some accepted',
      '8 drafted, 2 accepted; «␣blue» refused: target preferred «␣yellow», p .91 to .004, while looking at the image with .74 of its attention.',
    ],
    ['all accepted', '4 drafted, all accepted; bonus «␣cyan», p .96.'],
    [
      'token limit after a full accept',
      '2 drafted, all accepted; bonus «␣large», p .9986; the token limit ended the answer.',
    ],
    [
      'ended inside the draft',
      "10 drafted, none accepted; «<|im_end|>», drafted too, ended the answer as the target's own token.",
    ],
    [
      'draw',
      '4 drafted, 3 accepted; «␣background» refused by the draw: target drew «␣upper», p .24 to .59, while looking at the image with .51 of its attention.',
    ],
  ])('%s', (name, sentence) => {
    expect(sentences(name)[0]).toBe(sentence);
  });

  it('names no refused token where the tree was not read', () => {
    expect(sentences('nothing accepted')[1]).toBe(
      '4 drafted, none accepted; the target put «␣cross» instead, p .99, while looking at the image with .56 of its attention.',
    );
  });

  it('names the likeliest of several refused tokens, and a branch that was accepted to its end', () => {
    const story = storyOf(viewOf(detail()), 1, detailOf(1).tree);
    if (story === null) throw new Error('the run has a round 1');
    const red = { ...tree, tokens: tree.tokens.with(2, 5), parents: tree.parents.with(2, 1) };
    expect(roundSentence({ ...story, tree: red })).toMatch(
      /^4 drafted, 1 accepted; «␣blue» and 1 more refused: target preferred «␣red», p .88 to .040/,
    );
    const bonus = story.committed.map((token) =>
      token.origin === 'correction' ? { ...token, origin: 'bonus' as const } : token,
    );
    expect(roundSentence({ ...story, committed: bonus })).toBe(
      '4 drafted, 1 accepted to the end of a branch; bonus «␣red», p .88.',
    );
  });
});
