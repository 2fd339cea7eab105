import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDrafter } from '../../../src-main/decoding/drafters/create.ts';
import type { NativeHead, NativeModel } from '../../../src-main/engine/native/surface.ts';
import { type DraftShape, defaultMethod, type MethodSpec } from '../../../src-shared/domain/method.ts';
import { eagleShape } from '../../../src-shared/domain/shapes.ts';
import { chiSquareDeviate, exactSequences, plainDistribution } from '../../fixtures/chi-square.ts';
import { decodeAll } from '../../fixtures/decode.ts';
import { fixtureModels } from '../../fixtures/gguf/index.ts';
import { openModel } from '../../fixtures/native.ts';

const runs = 2500;
const prompt = { parts: [{ text: 'the cat sat on the mat.', parseSpecial: false }], addSpecial: true };
const wants = { topK: 1, layers: new Int32Array(0), patches: false, heads: false };

let target: NativeModel;
let draft: NativeModel;
let head: NativeHead;
/** the target's logits after the prompt, and after each first token */
let first: Float32Array;
let second: Float32Array[];

beforeAll(async () => {
  const files = await fixtureModels();
  target = await openModel(files.smallTarget, { contextSize: 256, features: [] });
  head = await target.loadHead({ path: files.smallEagleHead, threads: 1 });
  draft = await openModel(files.smallDraft, { contextSize: 256 });
  await target.prefill({ ...prompt, wants });
  first = target.logits(-1);
  second = [];
  for (let token = 0; token < target.info.vocab; token++) {
    await target.decodeTree({ tokens: Int32Array.of(token), parents: Int32Array.of(-1), wants });
    second.push(target.logits(0));
  }
});

afterAll(async () => {
  await target.dispose();
  await draft.dispose();
});

interface Case {
  readonly what: string;
  readonly method: MethodSpec;
  readonly temperature: number;
  readonly topK: number;
  readonly topP: number;
  /** accepted tokens that the runs must have at least, so that there was something to get wrong */
  readonly enough: number;
}

const drafted = (shape: DraftShape): MethodSpec => ({ name: 'draft-model', shape });
const plain = { temperature: 1, topK: 0, topP: 1 };

const cases: readonly Case[] = [
  { what: 'a chain', method: drafted({ kind: 'chain', length: 3 }), ...plain, enough: runs / 4 },
  { what: 'EAGLE’s static tree', method: drafted(eagleShape), ...plain, temperature: 2, enough: runs / 4 },
  {
    what: 'a draft head’s dynamic tree',
    method: {
      name: 'eagle2',
      shape: { kind: 'dynamic', topK: 8, depth: 2, nodes: 24 },
      threshold: null,
    },
    ...plain,
    temperature: 2,
    enough: runs / 4,
  },
  {
    what: 'a dynamic tree with temperature, top-k and top-p',
    method: drafted({ kind: 'dynamic', topK: 6, depth: 2, nodes: 16 }),
    temperature: 2.5,
    topK: 12,
    topP: 0.9,
    enough: runs / 4,
  },
  // Earlier turns fill the trie: nearly everything that can follow is offered.
  { what: 'a lookahead trie', method: defaultMethod('lookahead'), ...plain, enough: runs / 4 },
  { what: 'token recycling', method: defaultMethod('recycling'), ...plain, topP: 0.9, enough: runs / 10 },
  { what: 'SAM decoding', method: defaultMethod('sam'), ...plain, topK: 12, enough: runs / 50 },
];

describe('sampling with the native engine keeps the target’s distribution of the first two tokens', () => {
  it.each(cases)('$what', async ({ method, enough, temperature, topK, topP }) => {
    const sampling = { temperature, topK, topP };
    const expected = exactSequences(2, ([token]) =>
      plainDistribution(token === undefined ? first : (second[token] ?? []), sampling),
    );
    const drafter = createDrafter(method, draft, target.info.vocab, { head });
    const counts = new Map<string, number>();
    let accepted = 0;
    for (let seed = 0; seed < runs; seed++) {
      const run = await decodeAll({
        target,
        drafter,
        prompt,
        sampling: { ...sampling, seed },
        maxTokens: 4,
        contextSize: 256,
      });
      const key = run.ids.slice(0, 2).join(' ');
      counts.set(key, (counts.get(key) ?? 0) + 1);
      for (const { round } of run.records) accepted += round.accepted;
    }
    expect(accepted).toBeGreaterThan(enough);
    expect(counts.size).toBeGreaterThan(20);
    expect(chiSquareDeviate(counts, expected)).toBeLessThan(3.3);
  });
});
