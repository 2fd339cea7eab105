import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDrafter } from '../../../src-main/decoding/drafters/create.ts';
import { decodeTurn } from '../../../src-main/decoding/loop.ts';
import type { PrefillPart } from '../../../src-main/decoding/model.ts';
import { gateModes, type HeadReduction, mmspecTiming } from '../../../src-shared/domain/gate.ts';
import { type DraftShape, type MethodSpec, variants } from '../../../src-shared/domain/method.ts';
import { binaryShape, eagleShape, recyclingShape } from '../../../src-shared/domain/shapes.ts';
import { addRound, emptyTotals, mat } from '../../../src-shared/metrics/totals.ts';
import { decodeAll, turnOptions } from '../../fixtures/decode.ts';
import { randomShape } from '../../fixtures/random-shape.ts';
import { ranked, ToyModel } from '../../fixtures/toy-model.ts';
import { checkInvariants } from './invariants.ts';

const image: PrefillPart = { image: { width: 2, height: 2, rgb: new Uint8Array(12) } };
const promptOf = (tokens: readonly number[], withImage: boolean) => ({
  parts: [
    ...(withImage ? [{ text: 'see ', parseSpecial: false }, image] : []),
    { tokens: Int32Array.from(tokens) },
  ],
  addSpecial: false,
});
const prompt = promptOf([3, 1, 4, 1, 5], false);

/** What plain greedy decoding must give, computed from the table alone. */
function plainGreedy(model: ToyModel, promptTokens: readonly number[], count: number): number[] {
  const all = [...promptTokens];
  for (let i = 0; i < count; i++) all.push(ranked(model.logitsAfter(all))[0] ?? 0);
  return all.slice(promptTokens.length);
}

const shapes = fc.oneof(
  fc.record({ kind: fc.constant('chain' as const), length: fc.integer({ min: 1, max: 8 }) }),
  fc.record({
    kind: fc.constant('dynamic' as const),
    topK: fc.integer({ min: 1, max: 8 }),
    depth: fc.integer({ min: 0, max: 4 }),
    nodes: fc.integer({ min: 2, max: 40 }),
  }),
  fc.constantFrom<DraftShape>(binaryShape(4), eagleShape),
  fc.integer({ min: 0, max: 50 }).map((seed): DraftShape => randomShape(seed, 60, 30)),
);
const methods: fc.Arbitrary<MethodSpec> = fc.oneof(
  fc.constant<MethodSpec>({ name: 'ar' }),
  fc.record({
    name: fc.constant('pld' as const),
    ngram: fc.integer({ min: 1, max: 4 }),
    maxDraft: fc.integer({ min: 1, max: 12 }),
  }),
  shapes.map((shape): MethodSpec => ({ name: 'draft-model', shape })),
);
const retrievalMethods: fc.Arbitrary<MethodSpec> = fc.oneof(
  fc.record({
    name: fc.constant('lookahead' as const),
    variant: fc.constantFrom(...variants),
    nodes: fc.integer({ min: 2, max: 40 }),
    branch: fc.integer({ min: 1, max: 6 }),
    query: fc.integer({ min: 1, max: 4 }),
    shared: fc.boolean(),
  }),
  fc.record({
    name: fc.constant('sam' as const),
    variant: fc.constantFrom(...variants),
    perMatch: fc.integer({ min: 1, max: 4 }),
    maxDraft: fc.integer({ min: 1, max: 12 }),
  }),
  fc.record({
    name: fc.constant('recycling' as const),
    variant: fc.constantFrom(...variants),
    shape: fc.oneof(
      fc.constantFrom(recyclingShape, binaryShape(3)),
      fc.record({ kind: fc.constant('chain' as const), length: fc.integer({ min: 1, max: 8 }) }),
    ),
  }),
);
const gates = fc.record({
  mode: fc.constantFrom(...gateModes),
  threshold: fc.double({ min: 0, max: 0.6, noNaN: true }),
});
const heads = fc.constantFrom<(HeadReduction | undefined)[]>(undefined, 'mean', 'max', 0, 2);
const endTokens = fc.constantFrom(
  new Set<number>(),
  new Set<number>(),
  new Set<number>(),
  new Set([7]),
  new Set([2, 9]),
);

describe('greedy decoding', () => {
  it.each([
    { what: 'drafter, gate and shape', methods, numRuns: 400, enough: 300 },
    { what: 'retrieval method, variant and gate', methods: retrievalMethods, numRuns: 200, enough: 100 },
  ])('equals plain decoding for every $what, and every record keeps the invariants', async (group) => {
    let accepted = 0;
    let skipped = 0;
    const ends = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          method: group.methods,
          gate: gates,
          heads,
          ends: endTokens,
          seed: fc.integer({ min: 0, max: 20 }),
          noise: fc.constantFrom(0, 0.3, 3),
          maxTokens: fc.integer({ min: 1, max: 40 }),
          withImage: fc.boolean(),
          draftSees: fc.boolean(),
          tokens: fc.array(fc.integer({ min: 0, max: 11 }), { minLength: 1, maxLength: 12 }),
          room: fc.option(fc.integer({ min: 0, max: 50 }), { nil: 4000 }),
          draftRoom: fc.option(fc.integer({ min: 0, max: 50 }), { nil: 4000 }),
        }),
        async (c) => {
          const promptCells = c.tokens.length + (c.withImage ? 10 : 0);
          const target = new ToyModel({ seed: c.seed, contextSize: promptCells + c.room });
          const draftPrompt = promptOf(c.tokens, c.withImage && c.draftSees);
          const draftCells = c.tokens.length + (c.withImage && c.draftSees ? 10 : 0);
          const draft = new ToyModel({ seed: c.seed, noise: c.noise, contextSize: draftCells + c.draftRoom });
          const run = await decodeAll({
            target,
            drafter: createDrafter(c.method, draft, target.info.vocab),
            prompt: promptOf(c.tokens, c.withImage),
            draftPrompt,
            gate: { ...c.gate, mmspecTiming: mmspecTiming(c.method) },
            maxTokens: c.maxTokens,
            endTokens: c.ends,
            contextSize: target.context.contextSize,
            capture: { layers: [1, 3], scoreLayer: 3, scoreHeads: c.heads },
          });
          const sequence = run.prefill.chunks.flatMap((chunk) =>
            chunk.tokens ? [...chunk.tokens] : new Array<number>(chunk.count).fill(-1),
          );
          const expected = plainGreedy(target, sequence, run.ids.length);
          expect(run.ids).toEqual(expected);
          checkInvariants(run, c.ends, c.maxTokens);
          ends.add(run.endedBy);
          for (const { round } of run.records) {
            accepted += round.accepted;
            skipped += round.gate.skipped ? 1 : 0;
          }
          if (run.endedBy === 'context-full') {
            // The last token is never in the context: n tokens need n - 1 cells.
            expect(run.ids).toHaveLength(c.room + 1);
          }
        },
      ),
      { seed: 42, numRuns: group.numRuns },
    );
    // The runs must have had something to get wrong.
    expect(accepted).toBeGreaterThan(group.enough);
    expect(skipped).toBeGreaterThan(group.enough / 3);
    expect([...ends].sort()).toEqual(['context-full', 'end-of-text', 'max-tokens']);
  });
});

describe('the loop', () => {
  it('decodes a perfect draft’s chain of 4 in rounds of 5 tokens', async () => {
    const target = new ToyModel();
    const drafter = createDrafter(
      { name: 'draft-model', shape: { kind: 'chain', length: 4 } },
      new ToyModel(),
      12,
    );
    const run = await decodeAll({ target, drafter, prompt, maxTokens: 21 });
    expect(run.records.map(({ round }) => round.accepted)).toEqual([0, 4, 4, 4, 4]);
    expect(run.records.slice(1).every(({ tokens }) => tokens.at(-1)?.origin === 'bonus')).toBe(true);
    expect(target.calls).toMatchObject({ prefill: 1, decodeTree: 4, nodes: 20, logits: 0 });
    expect(mat(run.records.map((r) => r.round).reduce(addRound, emptyTotals))).toBe(21 / 5);
  });

  it('drafts nothing that could not count any more', async () => {
    const drafter = createDrafter(
      { name: 'draft-model', shape: { kind: 'chain', length: 8 } },
      new ToyModel(),
      12,
    );
    const run = await decodeAll({ target: new ToyModel(), drafter, prompt, maxTokens: 5 });
    expect(run.records.map(({ round }) => round.drafted)).toEqual([0, 3]);
    const two = await decodeAll({ target: new ToyModel(), drafter, prompt, maxTokens: 2 });
    expect(two.records[1]?.round.noDraft).toBe('last-token');
  });

  it('says why a round drafted nothing', async () => {
    const target = new ToyModel();
    const plain = await decodeAll({ target, prompt, maxTokens: 3 });
    expect(plain.records.map(({ round }) => round.noDraft)).toEqual(['prefill', 'method', 'method']);
    expect(plain.records.map(({ tokens }) => tokens[0]?.origin)).toEqual(['prefill', 'plain', 'plain']);
    const lookup = createDrafter({ name: 'pld', ngram: 4, maxDraft: 10 }, null, 12);
    const noMatch = await decodeAll({ target, drafter: lookup, prompt, maxTokens: 4 });
    expect(noMatch.records[1]?.round.noDraft).toBe('no-match');
    const small = new ToyModel({ contextSize: 6 });
    const drafter = createDrafter({ name: 'draft-model', shape: { kind: 'chain', length: 2 } }, small, 12);
    const full = await decodeAll({ target, drafter, prompt, maxTokens: 12 });
    expect(full.records.at(-2)?.round.noDraft).toBe('draft-context-full');
  });

  it('skips drafting on every hit of the paper’s gate, and the drafter catches up later', async () => {
    const withImage = promptOf([3, 1, 4], true);
    const run = await decodeAll({
      target: new ToyModel(),
      drafter: createDrafter(
        { name: 'draft-model', shape: { kind: 'chain', length: 3 } },
        new ToyModel(),
        12,
      ),
      prompt: withImage,
      gate: { mode: 'paper', threshold: 0.25 },
      capture: { layers: [2], scoreLayer: 2 },
    });
    const rounds = run.records.slice(1).map(({ round }) => round);
    expect(new Set(rounds.map((r) => r.gate.hit))).toEqual(new Set([true, false]));
    for (const [i, round] of rounds.entries()) {
      expect(round.gate.score).toBe(run.records[i]?.tokens.at(-1)?.score);
      expect(round.gate.skipped).toBe(round.gate.hit);
      expect(round.noDraft === 'gate').toBe(round.gate.skipped);
      if (round.gate.skipped)
        expect(run.records[i + 1]?.tokens.map((t) => t.origin)).toEqual(['forced-plain']);
    }
    // A perfect draft stays perfect after skips.
    const drafted = rounds.filter((r) => r.drafted > 0);
    expect(drafted.every((r) => r.accepted === r.drafted)).toBe(true);
  });

  it('has no score, so no hit, without an image or without capture', async () => {
    for (const options of [
      { prompt, capture: { layers: [0], scoreLayer: 0 } },
      { prompt: promptOf([1], true), capture: { layers: [], scoreLayer: null } },
    ]) {
      const gate = { mode: 'paper' as const, threshold: 0 };
      const run = await decodeAll({ target: new ToyModel(), gate, maxTokens: 9, ...options });
      expect(run.records.flatMap((r) => r.tokens.map((t) => t.score))).toEqual(new Array(9).fill(null));
      expect(run.records.some(({ round }) => round.gate.hit)).toBe(false);
    }
  });

  it('keeps at least the prompt’s own token when nothing else fits', async () => {
    const run = await decodeAll({
      target: new ToyModel({ contextSize: 5 }),
      contextSize: 5,
      prompt,
      maxTokens: 9,
    });
    expect(run.ids).toHaveLength(1);
    expect(run.endedBy).toBe('context-full');
  });

  it('can be stopped between rounds and leaves the models usable', async () => {
    const target = new ToyModel();
    const draft = new ToyModel({ noise: 0.3 });
    const drafter = createDrafter({ name: 'draft-model', shape: eagleShape }, draft, 12);
    const options = turnOptions({ target, drafter, prompt });
    const loop = decodeTurn(options);
    for (let i = 0; i < 4; i++) await loop.next();
    expect(await loop.return({ endedBy: 'stopped' })).toEqual({ done: true, value: { endedBy: 'stopped' } });
    const again = await decodeAll({ target, drafter, prompt });
    expect(again.ids).toEqual(plainGreedy(target, [3, 1, 4, 1, 5], 60));
  });

  it('passes a model’s error on and can be run again', async () => {
    const target = new ToyModel({ contextSize: 20 });
    const wrongSize = decodeAll({ target, prompt, contextSize: 1000 });
    await expect(wrongSize).rejects.toThrow('CONTEXT_FULL');
    expect((await decodeAll({ target, prompt, contextSize: 20 })).ids).toHaveLength(16);
  });

  it('measures nothing while it is paused', async () => {
    const loop = decodeTurn(turnOptions({ target: new ToyModel(), prompt, maxTokens: 3 }));
    for (;;) {
      const next = await loop.next();
      if (next.done) break;
      if (next.value.kind === 'round') {
        const { draft, verify, capture, other } = next.value.record.round.ms;
        expect(draft + verify + capture + other).toBeLessThan(40);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  });

  it('refuses a score layer that is not captured', async () => {
    const wrong = decodeAll({ target: new ToyModel(), prompt, capture: { layers: [1], scoreLayer: 2 } });
    await expect(wrong).rejects.toThrow('score layer 2 is not captured');
  });

  it('counts rounds over the run and sends each piece once', async () => {
    const seenPieces = new Set<number>();
    const target = new ToyModel();
    const first = await decodeAll({ target, prompt, maxTokens: 30, seenPieces });
    const ids = first.records.flatMap((r) => r.pieces.map((p) => p.id));
    expect(new Set(ids).size).toBe(ids.length);
    expect(first.records[0]?.pieces.map((p) => p.id)).toEqual(expect.arrayContaining([3, 1, 4, 5]));
    const three = first.records.flatMap((r) => r.pieces).find((p) => p.id === 3);
    expect(Buffer.from(three?.bytes ?? '', 'base64').toString()).toBe('<3>');
    const second = await decodeAll({ target, prompt, maxTokens: 30, seenPieces, turn: 1, firstRound: 30 });
    expect(second.records.flatMap((r) => r.pieces)).toEqual([]);
    expect(second.records[0]?.round).toMatchObject({ index: 30, turn: 1, firstToken: 0 });
  });
});
