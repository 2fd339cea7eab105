import { describe, expect, it } from 'vitest';
import { createDrafter } from '../../../src-main/decoding/drafters/create.ts';
import type { Prompt } from '../../../src-main/decoding/drafters/drafter.ts';
import type { PrefillPart } from '../../../src-main/decoding/model.ts';
import { Trie } from '../../../src-main/decoding/retrieval/trie.ts';
import type { NativeModel } from '../../../src-main/engine/native/surface.ts';
import { type GateMode, type GateSpec, gateModes, mmspecTiming } from '../../../src-shared/domain/gate.ts';
import {
  type DraftShape,
  defaultMethod,
  type MethodSpec,
  methodLabel,
} from '../../../src-shared/domain/method.ts';
import { binaryShape, eagleShape } from '../../../src-shared/domain/shapes.ts';
import { draftsFromText } from '../../../src-shared/metrics/what-if-runs.ts';
import { type Decoded, decodeAll } from '../../fixtures/decode.ts';
import { randomShape } from '../../fixtures/random-shape.ts';
import { checkInvariants } from '../../unit/decoding/invariants.ts';

/** Answer tokens that are compared. */
const tokens = 320;

const shapes: readonly DraftShape[] = [
  ...[1, 2, 3, 4, 5, 6, 7, 8].map((length): DraftShape => ({ kind: 'chain', length })),
  binaryShape(4),
  eagleShape,
  randomShape(42, 60, 30),
  { kind: 'dynamic', topK: 8, depth: 3, nodes: 30 },
];

/** Modes that are held against every shape; the others against one of each kind. */
const everyShape: readonly GateMode[] = ['off', 'paper', 'probe'];
const oneOfEach: readonly DraftShape[] = [
  { kind: 'chain', length: 4 },
  binaryShape(4),
  { kind: 'dynamic', topK: 8, depth: 3, nodes: 30 },
];

const retrieval = ['lookahead', 'recycling', 'sam'] as const;
const published = retrieval.map((name) => defaultMethod(name));
const asMmspec: readonly MethodSpec[] = [
  ...retrieval.map((name) => defaultMethod(name, 'mmspec')),
  { name: 'recycling', variant: 'mmspec', shape: binaryShape(4) },
];

/** A picture with structure, so that image tokens differ. */
function picture(width: number, height: number): PrefillPart {
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0; i < rgb.length; i++) rgb[i] = (i * 7919) % 251;
  return { image: { width, height, rgb } };
}

/** The question; a repeated text gives prompt lookup something to find. */
export const question: Prompt = {
  parts: [
    { text: 'USER: ', parseSpecial: false },
    picture(200, 150),
    {
      text: '\nthe cat and the dog and the cat and the dog describe the image ASSISTANT:',
      parseSpecial: false,
    },
  ],
  addSpecial: true,
};
export const questionWithoutPicture: Prompt = {
  parts: question.parts.filter((part) => !('image' in part)),
  addSpecial: true,
};

export interface Models {
  readonly target: NativeModel;
  /** the target's own file: every greedy draft is accepted */
  readonly twin: NativeModel;
  /** about 3 of 4 greedy tokens agree */
  readonly near: NativeModel;
  /** hardly ever agrees; sees no picture */
  readonly far: NativeModel;
}

/** Registers the tests that every method, gate and shape gives plain decoding's tokens on a model. */
export function identityTests(models: () => Models): void {
  let reference: Decoded | null = null;
  /** a threshold that about every second row reaches, so that the gate acts often but not always */
  let threshold = 0;

  const decode = async (
    method: MethodSpec,
    draft: NativeModel | null,
    gate: GateSpec,
    trie?: Trie,
  ): Promise<Decoded> => {
    const { target, far } = models();
    return decodeAll({
      target,
      drafter: createDrafter(method, draft, target.info.vocab, { shared: trie }),
      prompt: question,
      draftPrompt: draft === far ? questionWithoutPicture : question,
      gate: { ...gate, mmspecTiming: mmspecTiming(method) },
      maxTokens: tokens,
      contextSize: target.context?.contextSize ?? 0,
      capture: { layers: [target.info.layers - 1], scoreLayer: target.info.layers - 1 },
    });
  };

  const plain = async (): Promise<Decoded> => {
    reference ??= await decode({ name: 'ar' }, null, { mode: 'off', threshold: 0 });
    const scores = reference.records.map((r) => r.tokens[0]?.score ?? 0).sort((a, b) => a - b);
    threshold = scores[Math.floor(scores.length / 2)] ?? 0;
    return reference;
  };

  const compare = async (
    method: MethodSpec,
    draft: NativeModel | null,
    mode: GateSpec['mode'],
    trie?: Trie,
  ) => {
    const expected = await plain();
    const run = await decode(method, draft, { mode, threshold }, trie);
    expect(run.ids).toEqual(expected.ids);
    expect(run.endedBy).toBe('max-tokens');
    checkInvariants(run, new Set(), tokens);
    expectSameScores(run, expected);
    const skipped = run.records.filter(({ round }) => round.gate.skipped).length;
    if (mode === 'paper' && method.name !== 'ar') expect(skipped).toBeGreaterThan(10);
    if (mode === 'off' || mode === 'probe' || method.name === 'ar') expect(skipped).toBe(0);
    if (mode === 'survey') expect(run.records).toHaveLength(tokens);
    return run;
  };

  /** The same method without a gate: accepted per round, and whether the drafter was asked there. */
  const without = async (method: MethodSpec, draft: NativeModel | null) => {
    const run = await decode(method, draft, { mode: 'off', threshold: 0 });
    return run.records.map(({ round }) => ({
      accepted: round.accepted,
      asked: round.noDraft === null || round.noDraft === 'no-match',
    }));
  };

  /** What the modes promise about what is accepted, on top of the same tokens. */
  const keepsPromise = async (
    run: Decoded,
    method: MethodSpec,
    draft: NativeModel | null,
    mode: GateSpec['mode'],
  ) => {
    // Where a method learns from its rounds, skipping one changes what it drafts later.
    if (mode !== 'probe' && (mode !== 'oracle' || !draftsFromText(method))) return;
    const plainRounds = await without(method, draft);
    expect(run.records.map(({ round }) => round.accepted)).toEqual(plainRounds.map(({ accepted: n }) => n));
    if (mode === 'oracle') {
      const expected = plainRounds.map(({ accepted: n, asked }) => asked && n === 0);
      expect(run.records.map(({ round }) => round.gate.skipped)).toEqual(expected);
    }
  };

  const accepted = (run: Decoded) => run.records.reduce((sum, { round }) => sum + round.accepted, 0);

  it('decodes something worth comparing', async () => {
    const { ids } = await plain();
    expect(ids).toHaveLength(tokens);
    expect(new Set(ids).size).toBeGreaterThan(20);
  });

  it('lookahead that shares its trie knows the answer the second time', async () => {
    const trie = new Trie();
    const method = { ...defaultMethod('lookahead'), shared: true };
    const first = await compare(method, null, 'off', trie);
    const second = await compare(method, null, 'off', trie);
    expect(accepted(second)).toBeGreaterThan(accepted(first) + 100);
    const sources = second.records.flatMap(({ tree }) => tree.provenance ?? []).map((p) => p?.source);
    expect(sources).toContain('run');
  });

  describe.each(gateModes)('gate %s', (mode) => {
    it('ar', async () => {
      await compare({ name: 'ar' }, null, mode);
    });

    it.each([1, 2, 4])('pld, %i-gram', async (ngram) => {
      const run = await compare({ name: 'pld', ngram, maxDraft: 10 }, null, mode);
      if (ngram === 1 && mode !== 'survey')
        expect(run.records.some(({ round }) => round.drafted > 0)).toBe(true);
    });

    // What MMSpec's code drafts differently needs no other verifier: two modes are enough.
    const most = mode === 'off' || mode === 'paper' ? [...published, ...asMmspec] : published;
    it.each(most.map((method) => [methodLabel(method), method] as const))('%s', async (_, method) => {
      const run = await compare(method, null, mode);
      await keepsPromise(run, method, null, mode);
      const drafted = run.records.filter(({ round }) => round.drafted > 0).length;
      if (mode === 'off' || mode === 'probe') expect(drafted).toBeGreaterThan(20);
      if (mode === 'off') expect(accepted(run)).toBeGreaterThan(0);
    });

    for (const shape of everyShape.includes(mode) ? shapes : oneOfEach) {
      const method: MethodSpec = { name: 'draft-model', shape };
      it(methodLabel(method), async () => {
        const { twin, near, far } = models();
        const perfect = await compare(method, twin, mode);
        // Twin and target read the same picture, so the twin's first choice is always right; the last round is cut short.
        const rounds = perfect.records.map(({ round }) => round).filter((round) => round.drafted > 0);
        for (const round of rounds.slice(0, -1)) {
          if (round.gate.skipped) continue;
          if (shape.kind !== 'dynamic') expect(round.accepted).toBe(levels(shape));
          // A dynamic tree may leave an unlikely deep node out.
          else expect(round.accepted).toBeGreaterThan(0);
        }
        const often = await compare(method, near, mode);
        await keepsPromise(often, method, near, mode);
        if (mode !== 'survey') {
          expect(accepted(often)).toBeGreaterThan(mode === 'paper' || mode === 'mmspec' ? 10 : 60);
        }
        if (mode === 'off') await compare(method, far, mode);
      });
    }
  });
}

/** Levels of a shape on its first-choice path. */
function levels(shape: Exclude<DraftShape, { readonly kind: 'dynamic' }>): number {
  if (shape.kind === 'chain') return shape.length;
  for (let depth = 0, node = 0; ; depth++) {
    const next = shape.parents.findIndex((parent, i) => parent === node && shape.ranks[i] === 0);
    if (next < 0) return depth;
    node = next + 1;
  }
}

/** Tree and plain decoding read the same attention for the same token (architecture.md: 1e-5 in F32). */
function expectSameScores(run: Decoded, expected: Decoded): void {
  const scores = (of: Decoded) => of.records.flatMap((r) => r.tokens.map((t) => t.score ?? Number.NaN));
  const plain = scores(expected);
  const worst = Math.max(...scores(run).map((score, i) => Math.abs(score - (plain[i] ?? Number.NaN))));
  expect(worst).toBeLessThan(1e-5);
}
