import { describe, expect, it } from 'vitest';
import { createDrafter } from '../../../src-main/decoding/drafters/create.ts';
import type { Draft, Drafter, VerifiedRound } from '../../../src-main/decoding/drafters/drafter.ts';
import type { GateMode, MmspecTiming } from '../../../src-shared/domain/gate.ts';
import { defaultMethod, type MethodSpec } from '../../../src-shared/domain/method.ts';
import { binaryShape, eagleShape } from '../../../src-shared/domain/shapes.ts';
import { chiSquareDeviate, exactSequences, plainDistribution } from '../../fixtures/chi-square.ts';
import { decodeAll } from '../../fixtures/decode.ts';
import { ToyModel, toyPatches } from '../../fixtures/toy-model.ts';
import { checkInvariants } from './invariants.ts';

const promptTokens = [3, 1, 4, 1, 5, 3, 1];
const prompt = { parts: [{ tokens: Int32Array.from(promptTokens) }], addSpecial: false };
const runs = 5000;
const length = 3;

interface Case {
  readonly what: string;
  readonly drafter: () => Drafter;
  readonly temperature: number;
  readonly topK: number;
  readonly topP: number;
  readonly vocab: number;
}

const model = (method: MethodSpec) => () => createDrafter(method, new ToyModel({ noise: 0.7 }), 12);

/**
 * Offers all tokens of the vocabulary, the highest id first, and all of them again below the fifth: every sibling rule
 * is exercised, and nothing can be left over.
 */
class EverythingDrafter implements Drafter {
  readonly drafts = true;
  readonly promptTop = 0;
  #root = 0;

  begin(): Promise<void> {
    return Promise.resolve();
  }

  observe(round: VerifiedRound): void {
    this.#root = round.tokens.at(-1) ?? 0;
  }

  draft(): Promise<Draft> {
    return Promise.resolve({
      verified: 25,
      tokens: Int32Array.from({ length: 25 }, (_, i) => (i === 0 ? this.#root : 11 - ((i - 1) % 12))),
      parents: Int32Array.from({ length: 25 }, (_, i) => (i === 0 ? -1 : i < 13 ? 0 : 5)),
      scores: null,
      top: new Array(25).fill(null),
      provenance: null,
    });
  }
}

const lookahead: MethodSpec = {
  name: 'lookahead',
  variant: 'paper',
  nodes: 24,
  branch: 4,
  query: 2,
  shared: false,
};
const pld: MethodSpec = { name: 'pld', ngram: 1, maxDraft: 4 };
const treeMethod: MethodSpec = { name: 'draft-model', shape: eagleShape };
const plain = { temperature: 1, topK: 0, topP: 1, vocab: 12 };
const cases: readonly Case[] = [
  { what: 'plain decoding', drafter: model({ name: 'ar' }), ...plain },
  { what: 'a chain', drafter: model({ name: 'draft-model', shape: { kind: 'chain', length: 3 } }), ...plain },
  { what: 'EAGLE’s static tree', drafter: model(treeMethod), ...plain },
  {
    what: 'a binary tree with top-p',
    drafter: model({ name: 'draft-model', shape: binaryShape(3) }),
    ...plain,
    topP: 0.8,
  },
  {
    what: 'a dynamic tree with temperature, top-k and top-p',
    drafter: model({ name: 'draft-model', shape: { kind: 'dynamic', topK: 6, depth: 2, nodes: 20 } }),
    ...plain,
    temperature: 1.4,
    topK: 5,
    topP: 0.9,
  },
  { what: 'prompt lookup', drafter: model(pld), ...plain, topK: 6 },
  { what: 'a lookahead trie', drafter: model(lookahead), ...plain, topK: 6 },
  { what: 'token recycling, tree', drafter: model(defaultMethod('recycling')), ...plain },
  { what: 'token recycling, chain', drafter: model(defaultMethod('recycling', 'mmspec')), ...plain, topK: 6 },
  { what: 'SAM decoding', drafter: model(defaultMethod('sam')), ...plain, topK: 6 },
  { what: 'all tokens as siblings', drafter: () => new EverythingDrafter(), ...plain },
];

describe('sampling keeps the target’s distribution', () => {
  it.each(cases)('$what', async ({ drafter, temperature, topK, topP }) => {
    const target = new ToyModel();
    const expected = exactSequences(length, (tokens) =>
      plainDistribution(target.logitsAfter([...promptTokens, ...tokens]), { temperature, topK, topP }),
    );
    const counts = new Map<string, number>();
    let accepted = 0;
    const shared = drafter();
    for (let seed = 0; seed < runs; seed++) {
      const run = await decodeAll({
        target,
        drafter: shared,
        prompt,
        sampling: { temperature, topK, topP, seed },
        // Longer than what is compared, so that drafts are not cut there.
        maxTokens: length + 2,
        contextSize: 10_000,
      });
      const key = run.ids.slice(0, length).join(' ');
      counts.set(key, (counts.get(key) ?? 0) + 1);
      for (const { round } of run.records) accepted += round.accepted;
      if (seed % 200 === 0) checkInvariants(run, new Set(), length + 2);
    }
    if (shared.drafts) expect(accepted).toBeGreaterThan(runs / 20);
    expect(chiSquareDeviate(counts, expected)).toBeLessThan(3.3);
  });

  it('would notice a verifier that draws its own token from the whole distribution', async () => {
    // What the rule forbids: refusing a draft and then drawing from p instead of the residual.
    const target = new ToyModel();
    const p = plainDistribution(target.logitsAfter(promptTokens), plain);
    const offered = p.indexOf(Math.max(...p));
    const wrong = p.map((q, id) => (id === offered ? q + (1 - q) * q : (1 - (p[offered] ?? 0)) * q));
    const toMap = (q: readonly number[]) => new Map(q.map((x, id) => [String(id), x]));
    const counts = new Map(wrong.map((x, id) => [String(id), Math.round(x * runs)]));
    expect(chiSquareDeviate(counts, toMap(p))).toBeGreaterThan(3.3);
  });
});

const picture = { width: 2, height: 2, rgb: new Uint8Array(12) };
const withImage = { ...prompt, parts: [{ image: picture }, ...prompt.parts] };
const imageTokens = new Array<number>(toyPatches).fill(-1);
interface Gated {
  readonly what: string;
  readonly mode: GateMode;
  readonly timing: MmspecTiming | null;
  readonly drafter: () => Drafter;
  readonly topK: number;
}

const gated: readonly Gated[] = [
  { what: 'prompt lookup', mode: 'mmspec', timing: 'within', drafter: model(pld), topK: 6 },
  { what: 'a lookahead trie', mode: 'mmspec', timing: 'within', drafter: model(lookahead), topK: 6 },
  { what: 'all tokens', mode: 'mmspec', timing: 'within', drafter: () => new EverythingDrafter(), topK: 0 },
  {
    what: 'all tokens',
    mode: 'mmspec',
    timing: 'after-draft',
    drafter: () => new EverythingDrafter(),
    topK: 0,
  },
  { what: 'a static tree', mode: 'mmspec', timing: 'after-draft', drafter: model(treeMethod), topK: 0 },
  { what: 'a static tree', mode: 'paper', timing: null, drafter: model(treeMethod), topK: 0 },
];

/**
 * A gate decides by scores of rows, which depend on the tokens committed before, never on the draws of the round that it
 * cuts short; what it gives up is drawn again. So it may change the rounds, but not the distribution.
 */
describe('a gate keeps the distribution under sampling', () => {
  it.each(gated)('$mode, $timing, $what', async ({ mode, timing, drafter, topK }) => {
    const target = new ToyModel();
    const shared = drafter();
    const counts = new Map<string, number>();
    let skipped = 0;
    let given = 0;
    let accepted = 0;
    for (let seed = 0; seed < runs; seed++) {
      const run = await decodeAll({
        target,
        drafter: shared,
        prompt: withImage,
        sampling: { temperature: 1, topK, topP: 1, seed },
        gate: { mode, threshold: 0.25, mmspecTiming: timing },
        capture: { layers: [2], scoreLayer: 2 },
        maxTokens: length + 2,
        contextSize: 10_000,
      });
      const key = run.ids.slice(0, length).join(' ');
      counts.set(key, (counts.get(key) ?? 0) + 1);
      for (const { round } of run.records) {
        skipped += Number(round.gate.skipped);
        given += round.gate.forgone ?? 0;
        accepted += round.accepted;
      }
      if (seed % 200 === 0) checkInvariants(run, new Set(), length + 2);
    }
    // The gate and the drafts both had their say, and within a pass accepted tokens were given up.
    expect(skipped).toBeGreaterThan(runs / 20);
    expect(accepted).toBeGreaterThan(runs / 50);
    if (timing === 'within') expect(given).toBeGreaterThan(runs / 100);
    const expected = exactSequences(length, (tokens) =>
      plainDistribution(target.logitsAfter([...imageTokens, ...promptTokens, ...tokens]), {
        temperature: 1,
        topK,
        topP: 1,
      }),
    );
    expect(chiSquareDeviate(counts, expected)).toBeLessThan(3.3);
  });
});

describe('a seed', () => {
  it('fixes the answer, and another seed or turn changes it', async () => {
    const sample = (seed: number, turn: number) =>
      decodeAll({
        target: new ToyModel(),
        drafter: model({ name: 'draft-model', shape: eagleShape })(),
        prompt,
        sampling: { temperature: 1, topK: 0, topP: 1, seed },
        turn,
      });
    const { ids } = await sample(1, 0);
    expect((await sample(1, 0)).ids).toEqual(ids);
    expect((await sample(2, 0)).ids).not.toEqual(ids);
    expect((await sample(1, 1)).ids).not.toEqual(ids);
  });
});
