import { afterAll, beforeAll, expect, it } from 'vitest';
import { type HeadKind, headKinds } from '../../../src-shared/domain/head.ts';
import { defaultMethod, type MethodSpec } from '../../../src-shared/domain/method.ts';
import { fixtureJob, type RecordedRun, TestEngine } from '../../fixtures/engine.ts';
import { type FixturePaths, fixtureModels } from '../../fixtures/gguf/index.ts';

let models: FixturePaths;
let engine: TestEngine;
let plain: readonly number[];

const idsOf = (run: RecordedRun): number[] => run.rounds.flatMap((r) => r.tokens.map((token) => token.id));

const fileOf = (kind: HeadKind): string => models[`${kind}Head`];

const runWith = (name: string, method: MethodSpec, head: string | null) =>
  engine.finish(fixtureJob(name, models, { method, maxTokens: 20 }, { draft: null, head }));

beforeAll(async () => {
  models = await fixtureModels();
  engine = new TestEngine();
  plain = idsOf(await runWith('plain', { name: 'ar' }, null));
});
afterAll(() => engine.dispose());

it.each(headKinds)('runs a head of kind %s on the target that stays loaded, over two turns', async (kind) => {
  const change = { method: defaultMethod(kind), maxTokens: plain.length };
  const job = fixtureJob(kind, models, change, { draft: null, head: fileOf(kind) });
  const run = await engine.finish({
    ...job,
    sample: { ...job.sample, turns: ['describe the picture', 'and?'] },
  });
  expect(run.end).toEqual({ status: 'done', reason: null });
  expect(idsOf(run).slice(0, plain.length)).toEqual(plain);
  expect(run.turns).toHaveLength(2);
  expect(run.rounds.reduce((sum, r) => sum + r.round.drafted, 0)).toBeGreaterThan(50);
  expect(run.fingerprint?.models.map((model) => model.role)).toEqual(['target', 'projector', 'draft head']);
});

it('refuses a head that does not fit or is broken, with the reason, and goes on', async () => {
  const reasons: readonly [string, RegExp][] = [
    ['smallEagleHead', /does not fit this target: it was made for 32 tokens, this target has 615/],
    ['missingTensor', /architecture is "llama", not "specula-head"/],
    ['truncatedHeader', /no GGUF file, or cut off or damaged/],
    ['/nowhere/head.gguf', /\/nowhere\/head\.gguf of the draft head cannot be read/],
  ];
  for (const [name, reason] of reasons) {
    const file = Object.entries(models).find(([key]) => key === name)?.[1] ?? name;
    const run = await runWith(`refused ${name}`, defaultMethod('eagle'), file);
    expect(run.end).toEqual({ status: 'failed', reason: expect.stringMatching(reason) });
  }
  const wrong = await runWith('wrong kind', defaultMethod('msd'), models.eagleHead);
  expect(wrong.end?.reason).toMatch(
    /method msd needs a draft head of kind msd, but the loaded head is of kind eagle/,
  );
  expect(idsOf(await runWith('after', defaultMethod('eagle2'), models.eagleHead))).toEqual(plain);
  expect(idsOf(await runWith('a draft model after it', defaultMethod('pld'), null))).toEqual(plain);
});
