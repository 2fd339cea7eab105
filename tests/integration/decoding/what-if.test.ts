/** A what-if from a survey tells, with the real engine, exactly the rounds and tokens of real runs at other thresholds. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDrafter } from '../../../src-main/decoding/drafters/create.ts';
import type { NativeModel } from '../../../src-main/engine/native/surface.ts';
import { type GateSpec, mmspecTiming } from '../../../src-shared/domain/gate.ts';
import { defaultMethod, type MethodSpec, methodLabel } from '../../../src-shared/domain/method.ts';
import { recount, skipOracle, whatIf } from '../../../src-shared/metrics/what-if.ts';
import { costsOf, rootsOf } from '../../../src-shared/metrics/what-if-runs.ts';
import { type Decoded, decodeAll } from '../../fixtures/decode.ts';
import { type FixturePaths, fixtureModels } from '../../fixtures/gguf/index.ts';
import { openModel } from '../../fixtures/native.ts';
import { recorded } from '../../fixtures/what-if.ts';
import { question } from './identity-cases.ts';

const architectures = [
  { name: 'llama', model: 'target', projector: 'projector' },
  { name: 'qwen2vl', model: 'qwen2vl', projector: 'qwen2vlProjector' },
] as const satisfies readonly { name: string; model: keyof FixturePaths; projector: keyof FixturePaths }[];

/** Methods that draft from the text alone. */
const methods: readonly MethodSpec[] = [
  { name: 'pld', ngram: 1, maxDraft: 10 },
  defaultMethod('lookahead'),
  defaultMethod('sam'),
  { name: 'draft-model', shape: { kind: 'chain', length: 4 } },
  { name: 'draft-model', shape: { kind: 'dynamic', topK: 4, depth: 2, nodes: 12 } },
];

describe.each(architectures)('what-if on $name', ({ model, projector }) => {
  let target: NativeModel;
  let draft: NativeModel;
  beforeAll(async () => {
    const files = await fixtureModels();
    target = await openModel(files[model], { projector: files[projector], capture: true });
    draft = await openModel(model === 'target' ? files.nearDraft : files[model], {
      projector: files[projector],
    });
  });
  afterAll(async () => {
    await target.dispose();
    await draft.dispose();
  });

  const decode = (method: MethodSpec, gate: GateSpec): Promise<Decoded> =>
    decodeAll({
      target,
      drafter: createDrafter(method, draft, target.info.vocab, {}),
      prompt: question,
      draftPrompt: question,
      gate: { ...gate, mmspecTiming: mmspecTiming(method) },
      maxTokens: 100,
      contextSize: target.context?.contextSize ?? 0,
      capture: {
        layers: [target.info.layers - 1],
        scoreLayer: target.info.layers - 1,
        scoreHeads: gate.heads,
      },
    });

  it.each(methods.map((method) => [methodLabel(method), method] as const))('%s', async (_, method) => {
    const heads = 'max';
    const probe = recorded(await decode(method, { mode: 'probe', threshold: 0.3, heads }), 'probe');
    const survey = recorded(await decode(method, { mode: 'survey', threshold: 0, heads }), 'survey');
    const roots = rootsOf({ run: probe, survey });
    const { curve } = whatIf(roots, costsOf([{ run: probe, survey }]));
    expect(curve.length).toBeGreaterThan(50);
    for (const at of [0, Math.floor(curve.length / 4), Math.floor(curve.length / 2), curve.length - 1]) {
      const { threshold, count } = curve[at] ?? { threshold: null, count: null };
      const real = await decode(method, { mode: 'paper', threshold: threshold ?? 1, heads });
      expect(count).toMatchObject({
        rounds: real.records.length,
        newTokens: real.ids.length,
        accepted: real.records.reduce((sum, { round }) => sum + round.accepted, 0),
        skipped: real.records.filter(({ round }) => round.gate.skipped).length,
        assumed: 0,
      });
    }
    const oracle = await decode(method, { mode: 'oracle', threshold: 0 });
    expect(recount(roots, skipOracle).skipped).toBe(
      oracle.records.filter(({ round }) => round.gate.skipped).length,
    );
  });
});
