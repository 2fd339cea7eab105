import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDrafter } from '../../../src-main/decoding/drafters/create.ts';
import type { NativeHead, NativeModel } from '../../../src-main/engine/native/surface.ts';
import { type GateSpec, gateModes, mmspecTiming } from '../../../src-shared/domain/gate.ts';
import { headKinds } from '../../../src-shared/domain/head.ts';
import {
  type DraftShape,
  defaultMethod,
  draftFileOf,
  type MethodName,
  type MethodSpec,
  methodLabel,
  methodSpecSchema,
} from '../../../src-shared/domain/method.ts';
import { eagleShape } from '../../../src-shared/domain/shapes.ts';
import { type Decoded, decodeAll } from '../../fixtures/decode.ts';
import { type FixturePaths, fixtureModels } from '../../fixtures/gguf/index.ts';
import { openModel } from '../../fixtures/native.ts';
import { checkInvariants } from '../../unit/decoding/invariants.ts';
import { question } from './identity-cases.ts';

/** Answer tokens that are compared. */
const tokens = 40;

const names = [
  'eagle',
  'eagle2',
  'eagle3',
  'medusa',
  'msd',
  'vispec',
] as const satisfies readonly MethodName[];

/** Random heads guess little: a wide tree has the target accept something now and then. */
const wide = { kind: 'dynamic', topK: 32, depth: 1, nodes: 64 } as const;
const isWide = (shape: DraftShape): boolean => shape.kind === 'dynamic' && shape.topK === wide.topK;
const shapes: readonly DraftShape[] = [wide, { kind: 'dynamic', topK: 8, depth: 3, nodes: 30 }, eagleShape];

const methods: readonly MethodSpec[] = names
  .flatMap((name) => [
    ...shapes.map((shape) => methodSpecSchema.parse({ ...defaultMethod(name), shape })),
    ...(name === 'eagle2' ? [{ ...defaultMethod(name, 'mmspec'), name }] : []),
  ])
  .map((method) => methodSpecSchema.parse(method));

const architectures = [
  { name: 'llama', model: 'target', projector: 'projector' },
  { name: 'qwen2vl', model: 'qwen2vl', projector: 'qwen2vlProjector' },
] as const satisfies readonly { name: string; model: keyof FixturePaths; projector: keyof FixturePaths }[];

const headFiles = {
  eagle: 'eagleHead',
  eagle3: 'eagle3Head',
  medusa: 'medusaHead',
  msd: 'msdHead',
  vispec: 'vispecHead',
} as const satisfies Record<(typeof headKinds)[number], keyof FixturePaths>;

for (const { name, model, projector } of architectures) {
  describe(`greedy output with a draft head equals plain decoding: ${name}`, () => {
    let target: NativeModel;
    const heads = new Map<string, NativeHead>();
    let reference: Decoded;
    let threshold = 0;

    const decode = async (method: MethodSpec, head: NativeHead | null, gate: GateSpec) =>
      decodeAll({
        target,
        drafter: createDrafter(method, null, target.info.vocab, { head }),
        prompt: question,
        draftPrompt: null,
        gate: { ...gate, mmspecTiming: mmspecTiming(method) },
        maxTokens: tokens,
        contextSize: target.context?.contextSize ?? 0,
        capture: { layers: [target.info.layers - 1], scoreLayer: target.info.layers - 1 },
      });

    beforeAll(async () => {
      const files = await fixtureModels();
      target = await openModel(files[model], { projector: files[projector], capture: true });
      reference = await decode({ name: 'ar' }, null, { mode: 'off', threshold: 0 });
      const scores = reference.records.map((r) => r.tokens[0]?.score ?? 0).sort((a, b) => a - b);
      threshold = scores[Math.floor(scores.length / 2)] ?? 0;
      for (const kind of headKinds) {
        heads.set(kind, await target.loadHead({ path: files[headFiles[kind]], threads: 1 }));
      }
    });
    afterAll(() => target.dispose());

    /** Gives the target a context that keeps what the head reads. */
    async function attach(method: MethodSpec): Promise<NativeHead> {
      const head = heads.get(draftFileOf(method) ?? '');
      if (head === undefined) throw new Error('no head');
      await target.createContext({
        contextSize: 2048,
        batchSize: 512,
        microBatch: 256,
        threads: 1,
        kvType: 'f32',
        maxLeaves: 128,
        capture: true,
        features: head.info.featureLayers,
      });
      return head;
    }

    describe.each(names)('%s', (methodName) => {
      it.each(
        methods.filter((method) => method.name === methodName).map((m) => [methodLabel(m), m] as const),
      )('%s under gates', async (_label, method) => {
        const head = await attach(method);
        const dynamic = 'shape' in method && method.shape.kind === 'dynamic' && !isWide(method.shape);
        let drafted = 0;
        let off: Decoded | null = null;
        // All gates on one shape, the main ones on the others.
        for (const mode of dynamic ? gateModes : (['off', 'paper'] as const)) {
          const run = await decode(method, head, { mode, threshold });
          expect(run.ids).toEqual(reference.ids);
          expect(run.endedBy).toBe('max-tokens');
          checkInvariants(run, new Set(), tokens);
          const skipped = run.records.filter(({ round }) => round.gate.skipped).length;
          if (mode === 'paper') expect(skipped).toBeGreaterThan(5);
          if (mode === 'off' || mode === 'probe') expect(skipped).toBe(0);
          if (mode === 'survey') expect(run.records).toHaveLength(tokens);
          if (mode === 'off') off = run;
          if (mode === 'survey' && off !== null) expectSameDrafts(run, off);
          drafted += run.records.reduce((sum, { round }) => sum + round.drafted, 0);
          if (mode === 'off' && 'shape' in method && isWide(method.shape)) {
            expect(run.records.reduce((sum, { round }) => sum + round.accepted, 0)).toBeGreaterThan(0);
          }
        }
        expect(drafted).toBeGreaterThan(tokens);
      });
    });
  });
}

/** A look at a draft leaves no trace in the head: at every root both runs draft the same tree. */
function expectSameDrafts(survey: Decoded, off: Decoded): void {
  const drafted = off.records.filter(({ round }) => round.noDraft === null);
  for (const { round, tree } of drafted) {
    const there = survey.records[round.firstToken];
    expect(there?.tree.tokens).toEqual(tree.tokens);
    expect(there?.tree.parents).toEqual(tree.parents);
    expect(there?.round.gate.forgone).toBe(round.accepted);
  }
}
