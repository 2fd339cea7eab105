import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromEngineSchema, toEngineSchema } from '../../../src-main/engine/messages.ts';
import { refusalOf } from '../../../src-main/engine/refusal.ts';

function refused(raw: unknown) {
  const { error } = toEngineSchema.safeParse(raw);
  if (error === undefined) throw new Error('the message is understood');
  return refusalOf(raw, error);
}

test('whoever waits is told why nothing comes', () => {
  for (const kind of ['start', 'recapture']) {
    expect(refused({ kind, job: { runId: 'r1', spec: { maxTokens: 0.5 } } })).toMatchObject({
      kind: 'end',
      runId: 'r1',
      status: 'failed',
      reason: expect.stringMatching(
        new RegExp(`^the engine does not understand the message "${kind}".*restart Specula.*at job`, 's'),
      ),
    });
  }
  for (const kind of ['tokenize', 'draft-once'])
    expect(refused({ kind, request: 7 })).toMatchObject({ kind: 'request-failed', request: 7 });
  expect(refused({ kind: 'init' })).toMatchObject({ kind: 'unavailable' });
});

test('what nobody waits for is a line in the log', () => {
  expect(refused({ kind: 'control', command: { action: 'fly' } })).toMatchObject({ kind: 'log' });
  expect(refused({ kind: 'start' })).toMatchObject({ kind: 'log' });
});

test('every answer is one that the workbench understands', () => {
  fc.assert(
    fc.property(fc.anything(), (raw) => {
      expect(fromEngineSchema.safeParse(refused(raw)).success).toBe(true);
    }),
  );
});
