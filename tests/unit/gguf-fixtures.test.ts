import { stat } from 'node:fs/promises';
import {
  getLlama,
  type Llama,
  LlamaLogLevel,
  type LlamaModel,
  readGgufFileInfo,
  type Token,
} from 'node-llama-cpp';
import { beforeAll, describe, expect, it } from 'vitest';
import { DRAFT_SHAPE, decoder } from '../fixtures/gguf/decoders.ts';
import { type FixtureName, type FixturePaths, fixtureModels } from '../fixtures/gguf/index.ts';
import { smallVocabulary } from '../fixtures/gguf/vocabulary.ts';
import { encodeGguf } from '../fixtures/gguf/writer.ts';

let fixtures: FixturePaths;
/** Not disposed: under Vitest dispose() did not return, for a reason not found. The test process ends with the file. */
let llama: Llama;
beforeAll(async () => {
  fixtures = await fixtureModels();
  llama = await getLlama({ gpu: false, build: 'never', logLevel: LlamaLogLevel.disabled, maxThreads: 1 });
});

const load = (name: FixtureName): Promise<LlamaModel> => llama.loadModel({ modelPath: fixtures[name] });
const promptOf = (model: LlamaModel, text: string): Token[] => [
  model.tokens.bos ?? (1 as Token),
  ...model.tokenize(text),
];

/** The first `count` greedy tokens after a text, end-of-text tokens included. */
async function greedy(name: FixtureName, text: string, count: number): Promise<Token[]> {
  await using model = await load(name);
  await using context = await model.createContext({ contextSize: 512 });
  const out: Token[] = [];
  const options = { temperature: 0, yieldEogToken: true } as const;
  for await (const token of context.getSequence().evaluate(promptOf(model, text), options)) {
    if (out.push(token) >= count) break;
  }
  return out;
}

/** The share of `answer` that the model's own greedy choice agrees with, given the text and the answer before. */
async function agreement(name: FixtureName, text: string, answer: readonly Token[]): Promise<number> {
  await using model = await load(name);
  await using context = await model.createContext({ contextSize: 512 });
  const prompt = promptOf(model, text);
  const tokens = [...prompt, ...answer];
  const next = { generateNext: { token: true, options: { temperature: 0 } } } as const;
  const input = tokens.map((token, at): Token | [Token, typeof next] =>
    at >= prompt.length - 1 && at < tokens.length - 1 ? [token, next] : token,
  );
  const rows = await context.getSequence().controlledEvaluate(input);
  return (
    answer.filter((token, at) => rows[prompt.length - 1 + at]?.next.token === token).length / answer.length
  );
}

describe('fixture models', () => {
  it('are written once', async () => {
    const before = await stat(fixtures.target);
    expect(await fixtureModels()).toEqual(fixtures);
    expect((await stat(fixtures.target)).mtimeMs).toBe(before.mtimeMs);
  });

  it('are the same bytes for the same seed and others for another', () => {
    const make = (seed: number) => encodeGguf(decoder(DRAFT_SHAPE, smallVocabulary(), seed));
    expect(make(7).equals(make(7))).toBe(true);
    expect(make(7).equals(make(8))).toBe(false);
  });

  it.each([
    ['target', 615, 128],
    ['draft', 615, 64],
    ['nearDraft', 615, 128],
    ['otherVocabularyDraft', 615, 64],
    ['qwen2vl', 615, 128],
    ['qwen2vlNearDraft', 615, 128],
    ['smallTarget', 32, 128],
    ['smallDraft', 32, 128],
    ['mamba', 615, 64],
  ] as const)('%s is loaded by llama.cpp', async (name, vocabulary, width) => {
    await using model = await load(name);
    expect(model.embeddingVectorSize).toBe(width);
    expect([...model.iterateAllTokens()].length).toBe(vocabulary);
  });

  it.each(['truncated', 'truncatedHeader', 'badMagic', 'empty', 'missingTensor', 'absurdLength'] as const)(
    '%s is not loaded',
    async (name) => {
      await expect(load(name)).rejects.toThrow();
    },
  );

  it.each([
    ['projector', 'mlp', 128],
    ['tilesProjector', 'mlp', 128],
    ['wrongProjector', 'mlp', 192],
    ['draftProjector', 'mlp', 64],
    ['qwen2vlProjector', 'qwen2vl_merger', 128],
  ] as const)('%s is an image projector of type %s and width %i', async (name, type, width) => {
    const info = await readGgufFileInfo(fixtures[name], { logWarnings: false });
    expect(info.metadata.general.architecture).toBe('clip');
    expect(info.architectureMetadata).toMatchObject({
      projector_type: type,
      vision: { projection_dim: width },
    });
    expect(info.tensorInfo?.find((tensor) => tensor.name === 'mm.2.bias')?.dimensions).toEqual([width]);
  });

  it('tokenize any text, the small ones their letters', async () => {
    await using target = await load('target');
    const text = 'The cat, 3 Öwls 🦉!';
    expect(target.detokenize(target.tokenize(text)).trim()).toBe(text);
    await using small = await load('smallTarget');
    expect(small.detokenize(small.tokenize('what is in the picture.\n')).trim()).toBe(
      'what is in the picture.',
    );
  });

  it.each([
    ['target', 'nearDraft', 'What is in the image', 60],
    ['qwen2vl', 'qwen2vlNearDraft', 'What is in the image', 60],
    ['smallTarget', 'smallDraft', 'what is in the image', 20],
  ] as const)('%s writes varied text that %s often agrees with', async (target, draft, text, distinct) => {
    const answer = await greedy(target, text, 200);
    expect(answer.length).toBe(200);
    expect(new Set(answer).size).toBeGreaterThan(distinct);
    const share = await agreement(draft, text, answer);
    expect(share).toBeGreaterThan(0.4);
    expect(share).toBeLessThan(0.98);
  });
});
