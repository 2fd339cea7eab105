import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDrafter } from '../../../src-main/decoding/drafters/create.ts';
import { type GateMode, mmspecTiming } from '../../../src-shared/domain/gate.ts';
import type { MethodSpec } from '../../../src-shared/domain/method.ts';
import { greedy } from '../../../src-shared/domain/run.ts';
import { type Decoded, decodeAll } from '../../fixtures/decode.ts';
import { ToyModel, toyHeads } from '../../fixtures/toy-model.ts';

const prompt = {
  parts: [
    { text: 'see ', parseSpecial: false },
    { image: { width: 2, height: 2, rgb: new Uint8Array(12) } },
    { tokens: Int32Array.of(3, 1, 4) },
  ],
  addSpecial: false,
};
const model: MethodSpec = { name: 'draft-model', shape: { kind: 'chain', length: 3 } };
const lookup: MethodSpec = { name: 'pld', ngram: 1, maxDraft: 3 };

interface Case {
  readonly method: MethodSpec;
  readonly mode: GateMode;
  readonly threshold?: number;
  readonly seed?: number;
  readonly noise?: number;
}

/** A threshold in the middle of the scores that rounds of the case start with. */
async function middle(method: MethodSpec): Promise<number> {
  const scores = rounds(await decode({ method, mode: 'off' })).flatMap(({ gate }) => gate.score ?? []);
  return (Math.min(...scores) + Math.max(...scores)) / 2;
}

function decode({ method, mode, threshold = 0.25, seed = 3, noise = 1 }: Case): Promise<Decoded> {
  const target = new ToyModel({ seed });
  return decodeAll({
    target,
    drafter: createDrafter(method, new ToyModel({ seed, noise }), target.info.vocab),
    prompt,
    gate: { mode, threshold, mmspecTiming: mmspecTiming(method) },
    capture: { layers: [2], scoreLayer: 2 },
    maxTokens: 80,
  });
}

const rounds = (run: Decoded) => run.records.map(({ round }) => round);
const accepted = (run: Decoded) => rounds(run).map((round) => round.accepted);

describe.each([
  ['pld', lookup],
  ['draft-model', model],
])('gates on %s', (_, method) => {
  it('a probe accepts what the same method accepts without a gate, and compares every score', async () => {
    const off = await decode({ method, mode: 'off' });
    const threshold = await middle(method);
    const probe = await decode({ method, mode: 'probe', threshold });
    expect(accepted(probe)).toEqual(accepted(off));
    const compared = rounds(probe).slice(1);
    expect(compared.every(({ gate }) => gate.hit === (gate.score ?? 0) >= threshold)).toBe(true);
    expect(new Set(compared.map(({ gate }) => gate.hit)).size).toBe(2);
    expect(compared.some(({ gate }) => gate.skipped)).toBe(false);
  });

  it('the oracle skips exactly the rounds in which nothing would be accepted', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 30 }), fc.constantFrom(0.3, 1, 3), async (seed, noise) => {
        const off = await decode({ method, mode: 'off', seed, noise });
        const oracle = await decode({ method, mode: 'oracle', seed, noise });
        expect(oracle.ids).toEqual(off.ids);
        expect(accepted(oracle)).toEqual(accepted(off));
        for (const [i, round] of rounds(oracle).entries()) {
          const before = off.records[i]?.round;
          const couldDraft = before?.noDraft !== 'prefill' && before?.noDraft !== 'last-token';
          expect(round.gate.skipped).toBe(couldDraft && before?.accepted === 0);
          if (round.gate.skipped) expect([round.drafted, round.gate.forgone]).toEqual([0, 0]);
        }
      }),
      { numRuns: 12 },
    );
  });

  it('a survey tells at every token what a draft made there would have had accepted', async () => {
    const off = await decode({ method, mode: 'off' });
    const survey = await decode({ method, mode: 'survey' });
    expect(survey.ids).toEqual(off.ids);
    expect(survey.records).toHaveLength(survey.ids.length);
    // Where the run without a gate drafted, both know the same.
    for (const { firstToken, accepted: count, noDraft } of rounds(off).slice(1)) {
      const there = survey.records[firstToken]?.round;
      expect(there?.noDraft).toBe(noDraft ?? 'gate');
      expect(there?.gate.forgone).toBe(noDraft === null ? count : null);
    }
    expect(rounds(survey).some(({ gate }) => (gate.forgone ?? 0) > 0)).toBe(true);
  });

  it('oracle and survey are refused under sampling, with the remedy', async () => {
    for (const mode of ['oracle', 'survey'] as const) {
      const target = new ToyModel();
      const sampled = decodeAll({
        target,
        prompt,
        drafter: createDrafter(method, new ToyModel(), target.info.vocab),
        gate: { mode, threshold: 0.3 },
        sampling: { ...greedy, temperature: 1 },
      });
      await expect(sampled).rejects.toThrow('greedy decoding only; set the temperature to 0');
    }
  });
});

describe('mmspec’s gate', () => {
  it('throws away, with a retrieval method, what was accepted at a hit of the root’s own row', async () => {
    const threshold = await middle(lookup);
    const run = await decode({ method: lookup, mode: 'mmspec', threshold });
    const drafted = run.records.filter(({ round }) => round.drafted > 0);
    const skipped = drafted.filter(({ round }) => round.gate.skipped);
    expect(skipped.length).toBeGreaterThan(0);
    expect(skipped.length).toBeLessThan(drafted.length);
    for (const { round, tree, tokens } of run.records.slice(1)) {
      expect(round.gate.score).toBe(tree.imageShare[0]);
      expect(round.gate.skipped).toBe(round.drafted > 0 && (round.gate.score ?? 0) >= threshold);
      if (!round.gate.skipped) continue;
      expect(round.noDraft).toBeNull();
      expect(tokens.map(({ rowNode }) => rowNode)).toEqual([0]);
    }
    expect(skipped.some(({ round }) => (round.gate.forgone ?? 0) > 0)).toBe(true);
    const off = await decode({ method: lookup, mode: 'off' });
    expect(run.ids).toEqual(off.ids);
    expect(run.records.length).toBeGreaterThan(off.records.length);
  });

  it('wastes a model’s next draft, at most once in a row, and never after a round without a verified draft', async () => {
    const run = await decode({ method: model, mode: 'mmspec', threshold: await middle(model) });
    const all = run.records.slice(1);
    const skipped = all.filter(({ round }) => round.gate.skipped);
    expect(skipped.length).toBeGreaterThan(0);
    for (const [i, { round, tree }] of all.entries()) {
      const before = run.records[i]?.round;
      expect(round.gate.score).toBe(run.records[i]?.tokens.at(-1)?.score);
      const decides = (before?.drafted ?? 0) > 0 && round.noDraft !== 'last-token';
      expect(round.gate.skipped).toBe(decides && round.gate.hit);
      if (!round.gate.skipped) continue;
      expect([round.noDraft, round.gate.forgone]).toEqual(['gate', null]);
      // The wasted draft is kept to look at.
      expect(tree.tokens.length).toBeGreaterThan(1);
      expect(tree.fates.slice(1).every((fate) => fate === 'cut-gate')).toBe(true);
    }
  });
});

it('reads the score from the heads that are asked for', async () => {
  const scores = async (scoreHeads?: 'mean' | 'max' | number) => {
    const run = await decodeAll({
      target: new ToyModel(),
      prompt,
      capture: { layers: [1, 2], scoreLayer: 2, scoreHeads },
      maxTokens: 6,
    });
    return run.records.flatMap(({ tokens }) => tokens.map(({ score }) => score ?? Number.NaN));
  };
  const mean = await scores();
  expect(await scores('mean')).toEqual(mean);
  for (const [heads, part] of [
    ['max', Math.max(...toyHeads)],
    [0, toyHeads[0]],
  ] as const) {
    for (const [i, score] of (await scores(heads)).entries())
      expect(score).toBeCloseTo((mean[i] ?? 0) * part, 5);
  }
  await expect(scores(3)).rejects.toThrow('head 3 does not exist: the layer has 3 heads');
});
