import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDrafter } from '../../../src-main/decoding/drafters/create.ts';
import type { Drafter } from '../../../src-main/decoding/drafters/drafter.ts';
import { decodeTurn } from '../../../src-main/decoding/loop.ts';
import type { NativeModel } from '../../../src-main/engine/native/surface.ts';
import { type DraftShape, methodLabel } from '../../../src-shared/domain/method.ts';
import { eagleShape } from '../../../src-shared/domain/shapes.ts';
import { decodeAll, turnOptions } from '../../fixtures/decode.ts';
import { fixtureModels } from '../../fixtures/gguf/index.ts';
import { openModel } from '../../fixtures/native.ts';
import { checkInvariants } from '../../unit/decoding/invariants.ts';

const contextSize = 256;
const prompt = { parts: [{ text: 'the cat sat on the mat.', parseSpecial: false }], addSpecial: true };

let target: NativeModel;
let draft: NativeModel;
/** a longer context than the target's */
let roomyDraft: NativeModel;

beforeAll(async () => {
  const files = await fixtureModels();
  target = await openModel(files.smallTarget, { contextSize });
  draft = await openModel(files.smallDraft, { contextSize });
  roomyDraft = await openModel(files.smallDraft, { contextSize: 1024 });
});

afterAll(async () => {
  for (const model of [target, draft, roomyDraft]) await model.dispose();
});

const shapes: readonly DraftShape[] = [
  { kind: 'chain', length: 5 },
  eagleShape,
  { kind: 'dynamic', topK: 8, depth: 3, nodes: 30 },
  // wider than a draft's own tree can be
  { kind: 'dynamic', topK: 32, depth: 16, nodes: 128 },
];

describe('a full context', () => {
  it.each(shapes.map((shape) => ({ name: 'draft-model' as const, shape })))(
    'ends the turn after the last token that fits: $shape.kind',
    async (method) => {
      const plain = await decodeAll({ target, prompt, maxTokens: 1000, contextSize });
      expect(plain.endedBy).toBe('context-full');
      expect(plain.ids).toHaveLength(contextSize - plain.prefill.nCells + 1);
      for (const model of [draft, roomyDraft]) {
        const drafter = createDrafter(method, model, target.info.vocab);
        const run = await decodeAll({ target, drafter, prompt, maxTokens: 1000, contextSize });
        expect(run.ids, methodLabel(method)).toEqual(plain.ids);
        expect(run.endedBy).toBe('context-full');
        checkInvariants(run, new Set(), 1000);
      }
    },
  );
});

describe('an interrupted turn', () => {
  const options = () =>
    turnOptions({
      target,
      drafter: createDrafter({ name: 'draft-model', shape: eagleShape }, draft, target.info.vocab),
      prompt,
      maxTokens: 100,
      contextSize,
    });

  it('leaves both models usable when it is stopped between rounds', async () => {
    const before = await decodeAll(options());
    const loop = decodeTurn(options());
    for (let i = 0; i < 5; i++) await loop.next();
    await loop.return({ endedBy: 'stopped' });
    expect((await decodeAll(options())).ids).toEqual(before.ids);
  });

  it('leaves both models usable when a prompt is cancelled', async () => {
    const before = await decodeAll(options());
    const cancelTarget = () => {
      const first = decodeTurn(options()).next();
      target.cancel();
      return first;
    };
    expect(await untilRejected(cancelTarget)).toMatchObject({ code: 'CANCELLED' });
    expect((await decodeAll(options())).ids).toEqual(before.ids);

    // The draft's prompt follows the target's.
    const { drafter } = options();
    const cancelled: Drafter = {
      drafts: true,
      promptTop: 0,
      begin: (prompt) => {
        const begun = drafter.begin(prompt);
        draft.cancel();
        return begun;
      },
      draft: (budget) => drafter.draft(budget),
      observe: (round) => drafter.observe(round),
    };
    const cancelDraft = () => decodeTurn({ ...options(), drafter: cancelled }).next();
    expect(await untilRejected(cancelDraft)).toMatchObject({
      message: 'the draft model cannot take the prompt: cancelled',
    });
    expect((await decodeAll(options())).ids).toEqual(before.ids);
  });
});

/** What the attempt rejects with. On a busy machine a short call can be over before it is cancelled: then once more. */
async function untilRejected(attempt: () => Promise<unknown>): Promise<unknown> {
  for (let tries = 0; tries < 100; tries++) {
    try {
      await attempt();
    } catch (error) {
      return error;
    }
  }
  throw new Error('no attempt was rejected');
}
