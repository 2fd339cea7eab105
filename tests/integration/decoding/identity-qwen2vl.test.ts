import { afterAll, beforeAll, describe } from 'vitest';
import { fixtureModels } from '../../fixtures/gguf/index.ts';
import { openModel } from '../../fixtures/native.ts';
import { identityTests, type Models } from './identity-cases.ts';

let models: Models;

beforeAll(async () => {
  const files = await fixtureModels();
  const projector = files.qwen2vlProjector;
  models = {
    target: await openModel(files.qwen2vl, { projector, capture: true }),
    twin: await openModel(files.qwen2vl, { projector }),
    near: await openModel(files.qwen2vlNearDraft, { projector }),
    far: await openModel(files.draft),
  };
});

afterAll(async () => {
  for (const model of Object.values(models)) await model.dispose();
});

describe('greedy output equals plain decoding: qwen2vl (M-RoPE) with its projector', () =>
  identityTests(() => models));
