import { describe, expect, it } from 'vitest';
import { createDrafter } from '../../../src-main/decoding/drafters/create.ts';
import { type GateMode, mmspecTiming } from '../../../src-shared/domain/gate.ts';
import { defaultMethod, type MethodSpec, methodNames } from '../../../src-shared/domain/method.ts';
import { roundMs } from '../../../src-shared/metrics/totals.ts';
import {
  estimateMs,
  recount,
  skipFrom,
  skipNever,
  skipOracle,
  whatIf,
} from '../../../src-shared/metrics/what-if.ts';
import { costsOf, draftsFromText, rootsOf, sameAnswers } from '../../../src-shared/metrics/what-if-runs.ts';
import { type Decoded, decodeAll } from '../../fixtures/decode.ts';
import { ToyModel } from '../../fixtures/toy-model.ts';
import { recorded } from '../../fixtures/what-if.ts';

const prompt = {
  parts: [
    { text: 'see ', parseSpecial: false },
    { image: { width: 2, height: 2, rgb: new Uint8Array(12) } },
    { tokens: Int32Array.of(3, 1, 4, 1, 5) },
  ],
  addSpecial: false,
};

interface Setting {
  readonly endTokens?: ReadonlySet<number>;
  readonly contextSize?: number;
  readonly maxTokens?: number;
}

const decode = (
  method: MethodSpec,
  mode: GateMode,
  threshold: number,
  setting: Setting = {},
): Promise<Decoded> => {
  const target = new ToyModel({ seed: 5, order: 3, contextSize: setting.contextSize ?? 4096 });
  const draft = new ToyModel({ seed: 5, order: 3, noise: 0.8 });
  return decodeAll({
    target,
    drafter: createDrafter(method, draft, target.info.vocab),
    prompt,
    gate: { mode, threshold, mmspecTiming: mmspecTiming(method) },
    capture: { layers: [2], scoreLayer: 2 },
    maxTokens: 40,
    ...setting,
  });
};

const methods: readonly MethodSpec[] = [
  { name: 'pld', ngram: 1, maxDraft: 4 },
  { name: 'draft-model', shape: { kind: 'chain', length: 3 } },
  { name: 'draft-model', shape: { kind: 'dynamic', topK: 3, depth: 2, nodes: 9 } },
];
const ends: readonly Setting[] = [{}, { endTokens: new Set([2]) }, { contextSize: 40 }];

const counted = (run: Decoded) => ({
  rounds: run.records.length,
  newTokens: run.ids.length,
  accepted: run.records.reduce((sum, { round }) => sum + round.accepted, 0),
  skipped: run.records.filter(({ round }) => round.gate.skipped).length,
});

describe.each(methods.map((method) => [method.name, method] as const))(
  'what-if of recorded runs, %s',
  (_, method) => {
    it('equals a real run at every threshold, whatever run it starts from', async () => {
      for (const setting of ends) {
        const survey = recorded(await decode(method, 'survey', 0, setting), 'survey');
        const probe = recorded(await decode(method, 'probe', 0.2, setting), 'probe');
        const { curve } = whatIf(rootsOf({ run: probe, survey }), costsOf([{ run: probe, survey }]), 6);
        expect(curve.length).toBeGreaterThan(2);
        for (const { threshold, count } of curve) {
          expect(count.assumed).toBe(0);
          const real = await decode(method, 'paper', threshold ?? 1, setting);
          expect(count).toMatchObject(counted(real));
          // And the other way round: from the gated run to the one without.
          const back = rootsOf({ run: recorded(real, 'paper'), survey });
          expect(recount(back, skipNever)).toEqual(curve[0]?.count);
        }
        const oracle = await decode(method, 'oracle', 0, setting);
        expect(recount(rootsOf({ run: probe, survey }), skipOracle)).toMatchObject(counted(oracle));
      }
    });

    it('knows its own rounds without a survey, and says which it assumes', async () => {
      const run = recorded(await decode(method, 'probe', 0.2), 'probe');
      const roots = rootsOf({ run, survey: null });
      const never = recount(roots, skipNever);
      expect(never.assumed).toBe(0);
      expect(never.rounds).toBe(run.rounds.length);
      const all = recount(roots, skipFrom(0));
      expect([all.assumed, all.rounds]).toEqual([0, run.tokens.length]);
      expect(all.unsure).toBe(roots[0]?.filter((root) => root.assumed).length);
      const { curve } = whatIf(roots, costsOf([{ run, survey: null }]));
      expect(curve.some(({ count }) => count.assumed > 0)).toBe(true);
    });

    it('estimates exactly the measured time at the gate that the run had', async () => {
      const survey = recorded(await decode(method, 'survey', 0), 'survey');
      const total = (run: Decoded) => run.records.reduce((sum, { round }) => sum + roundMs(round.ms), 0);
      const off = await decode(method, 'off', 0);
      const costs = costsOf([{ run: recorded(off, 'off'), survey: null }]);
      const never = recount(rootsOf({ run: recorded(off, 'off'), survey }), skipNever);
      expect(estimateMs(never, costs)).toBeCloseTo(total(off), 6);
    });
  },
);

it('takes no survey of another answer', async () => {
  const method = methods[0] ?? defaultMethod('pld');
  const run = recorded(await decode(method, 'probe', 0.2), 'probe');
  const other = recorded(await decode(method, 'survey', 0, { maxTokens: 20 }), 'survey');
  expect(sameAnswers(run, other)).toBe(false);
  expect(rootsOf({ run, survey: other })).toEqual(rootsOf({ run, survey: null }));
});

it('leaves turns out that were stopped', async () => {
  const run = recorded(await decode(methods[0] ?? defaultMethod('pld'), 'probe', 0.2), 'probe');
  const stopped = { ...run, turns: [{ index: 0, endedBy: 'stopped' as const }] };
  expect(rootsOf({ run: stopped, survey: null })).toEqual([]);
});

it('says which methods draft from the text alone', () => {
  const alone = methodNames.filter((name) => draftsFromText(defaultMethod(name)));
  expect(methodNames.filter((name) => !alone.includes(name))).toEqual(['recycling']);
  expect(draftsFromText(defaultMethod('lookahead', 'mmspec'))).toBe(false);
});
