import { expect, test } from 'vitest';
import type { BenchPlan } from '#shared/domain/bench.ts';
import { planHash } from '../../../src-main/cli/bench-plan.ts';
import { plain, plan, pld } from '../bench-plans.ts';

test('a plan has the same hash wherever its files lie and whatever part a machine does', () => {
  const renamed: BenchPlan = {
    ...plan,
    dataSet: { ...plan.dataSet, id: 'copy', name: 'Another name' },
    configurations: plan.configurations.map((each) => ({ ...each, target: 'elsewhere' })),
    models: { ...plan.models, elsewhere: plan.models.target ?? '' },
    shard: { index: 2, of: 3 },
    engine: { ...plan.engine, threads: 7 },
  };
  expect(planHash(renamed)).toBe(planHash(plan));
  expect(planHash(plan)).toMatch(/^[0-9a-f]{64}$/);
});

const changes: readonly (readonly [string, Partial<BenchPlan>])[] = [
  ['the data', { dataSet: { ...plan.dataSet, hash: 'other data' } }],
  ['a model file', { models: { ...plan.models, target: 'another file' } }],
  ['the samples', { samples: ['a'] }],
  ['a method', { configurations: [plain, { ...pld, method: { name: 'pld', ngram: 2, maxDraft: 8 } }] }],
  ['a gate', { configurations: [plain, { ...pld, gate: { mode: 'paper', threshold: 0.35 } }] }],
  ['the repeats', { repeats: 3 }],
  ['the order', { seed: 9 }],
  ['the sampling', { sampling: { ...plan.sampling, temperature: 1 } }],
  ['the limit', { maxTokens: 33 }],
  ['the system prompt', { systemPrompt: 'Be short.' }],
  ['what is captured', { capture: { layers: 'none' } }],
  ['the type of the cache', { engine: { ...plan.engine, kvType: 'f16' } }],
  ['the context', { engine: { ...plan.engine, contextSize: 1024 } }],
];

test('every change that can change an answer or the order changes the hash', () => {
  const hashes = changes.map(([, change]) => planHash({ ...plan, ...change }));
  expect(new Set([planHash(plan), ...hashes]).size).toBe(changes.length + 1);
});
