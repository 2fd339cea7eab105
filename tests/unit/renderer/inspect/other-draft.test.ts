import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defaultMethod } from '#shared/domain/method.ts';
import { agreement } from '../../../../src-renderer/features/inspect/other-draft/agreement.ts';
import {
  agreementWords,
  unknownTo,
} from '../../../../src-renderer/features/inspect/other-draft/other-words.ts';

test('agreement is the shared beginning, as far as the run is known', () => {
  const ids = fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 6 });
  fc.assert(
    fc.property(ids, ids, (made, recorded) => {
      const { same, known } = agreement(made, recorded);
      expect(known).toBe(Math.min(made.length, recorded.length));
      expect(made.slice(0, same)).toEqual(recorded.slice(0, same));
      if (same < known) expect(made[same]).not.toBe(recorded[same]);
    }),
  );
});

test('says whether a pass commits what the run has there, and why it may not', () => {
  const greedy = { sampled: false, origin: null } as const;
  const words = (
    made: number,
    same: number,
    known: number,
    run: Parameters<typeof agreementWords>[2] = greedy,
  ) => agreementWords(made, { same, known }, run);
  expect(words(3, 3, 3)).toMatch(/exactly these tokens/);
  expect(words(3, 2, 2)).toMatch(/first 2 of these 3 tokens and ends there/);
  expect(words(3, 1, 3, { sampled: false, origin: 'user' })).toMatch(/Token 2 differs.*set by the user/);
  expect(words(3, 1, 3, { sampled: true, origin: 'bonus' })).toMatch(/Token 2 differs.*sampling/);
  expect(words(3, 0, 3, { sampled: false, origin: 'bonus' })).toMatch(/Token 1 differs.*nearly as likely/);
});

test('says what a method cannot know at one round', () => {
  expect(unknownTo(defaultMethod('recycling'))).toMatch(/refused before this round/);
  expect(unknownTo(defaultMethod('lookahead', 'mmspec'))).toMatch(/earlier runs/);
  expect(unknownTo(defaultMethod('lookahead'))).toBeNull();
  expect(unknownTo(defaultMethod('draft-model'))).toBeNull();
});
