import { afterAll, beforeAll, describe } from 'vitest';
import { fixtureModels } from '../../fixtures/gguf/index.ts';
import { openModel } from '../../fixtures/native.ts';
import { identityTests, type Models } from './identity-cases.ts';

let models: Models;

beforeAll(async () => {
  const files = await fixtureModels();
  const { projector } = files;
  models = {
    target: await openModel(files.target, { projector, capture: true }),
    twin: await openModel(files.target, { projector }),
    near: await openModel(files.nearDraft, { projector }),
    far: await openModel(files.draft),
  };
});

afterAll(async () => {
  for (const model of Object.values(models)) await model.dispose();
});

describe('greedy output equals plain decoding: llama with an mlp projector', () =>
  identityTests(() => models));
