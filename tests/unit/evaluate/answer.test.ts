import { expect, test } from 'vitest';
import type { RoundRecord } from '#shared/domain/round.ts';
import { AnswerCollector } from '../../../src-main/evaluate/answer.ts';
import { makeRecord, turn } from '../storage/records.ts';

const base64 = (bytes: Uint8Array | string) => Buffer.from(bytes).toString('base64');
const [made] = makeRecord(0).tokens;

/** A round whose tree is a chain of drafts below the root, of which the first `tokens.length - 1` were accepted. */
function chain(drafts: readonly number[], tokens: readonly number[], pieces: RoundRecord['pieces'], of = 0) {
  const record = makeRecord(0, drafts.length + 1);
  if (made === undefined) throw new Error('a record has a token');
  return {
    ...record,
    pieces,
    tree: {
      ...record.tree,
      verified: drafts.length + 1,
      tokens: [99, ...drafts],
      parents: [-1, ...drafts.map((_, i) => i)],
    },
    tokens: tokens.map((id, i) => ({ ...made, turn: of, id, rowNode: i, score: i / 10 })),
  };
}

test('the bytes of all tokens make the text, without the token that ended it', () => {
  const collector = new AnswerCollector();
  collector.turn(turn);
  const [first, second] = [Buffer.from('é').subarray(0, 1), Buffer.from('é').subarray(1)];
  collector.round(
    chain(
      [],
      [1],
      [
        { id: 1, bytes: base64(first) },
        { id: 2, bytes: base64(second) },
      ],
    ),
  );
  collector.round(chain([], [2], []));
  collector.round(chain([], [7], [{ id: 7, bytes: base64('<end>') }]));
  collector.turn({ ...turn, endedBy: 'end-of-text' });
  // in a talk, an answer that was cut off keeps its last token
  collector.turn({ ...turn, index: 1 });
  collector.round(chain([], [7], [], 1));
  collector.turn({ ...turn, index: 1, endedBy: 'max-tokens' });
  const [one, two] = collector.answers();
  expect(one).toMatchObject({ text: 'é', tokenCount: 3, endedBy: 'end-of-text' });
  expect(one?.tokens).toHaveLength(2);
  expect(two).toMatchObject({ text: '<end>', tokenCount: 1, endedBy: 'max-tokens' });
});

test('the draft guessed what was accepted, not what was corrected, and was not asked after its last token', () => {
  const pieces = [1, 2, 3, 4].map((id) => ({ id, bytes: base64(String(id)) }));
  const guesses = (drafts: readonly number[], tokens: readonly number[]) => {
    const collector = new AnswerCollector();
    collector.turn({ ...turn, endedBy: 'max-tokens' });
    collector.round(chain(drafts, tokens, pieces));
    return collector.answers()[0]?.tokens.map(({ guessed }) => guessed);
  };
  expect(guesses([1, 2], [1, 3])).toEqual([true, false]);
  expect(guesses([1, 2], [1, 2, 3])).toEqual([true, true, null]);
  expect(guesses([], [4])).toEqual([null]);
});

test('a token keeps the image share of the row that yielded it', () => {
  const collector = new AnswerCollector();
  collector.turn({ ...turn, endedBy: 'max-tokens' });
  collector.round(
    chain(
      [1],
      [1, 2],
      [1, 2].map((id) => ({ id, bytes: base64('x') })),
    ),
  );
  expect(collector.answers()[0]?.tokens.map(({ imageShare }) => imageShare)).toEqual([0, 0.1]);
});

test('an answer that has not ended is no answer', () => {
  const collector = new AnswerCollector();
  collector.turn(turn);
  expect(() => collector.answers()).toThrow('the end of turn 0');
});
