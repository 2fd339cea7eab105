/** A plan of a bench for the tests of benches. */
import type { BenchPlan, Configuration } from '#shared/domain/bench.ts';
import { greedy } from '#shared/domain/run.ts';
import { spec } from './storage/records.ts';

const { target, projector, draft, draftProjector, capture, engine } = spec;
const gate = { mode: 'off', threshold: 0.35 } as const;
export const plain: Configuration = {
  target,
  projector,
  draft: null,
  draftProjector,
  method: { name: 'ar' },
  gate,
};
export const pld: Configuration = { ...plain, method: { name: 'pld', ngram: 3, maxDraft: 8 } };

export const plan: BenchPlan = {
  version: 1,
  dataSet: { id: 'builtin', name: 'Built-in', hash: 'data' },
  samples: ['a', 'b', 'c', 'd', 'e'],
  configurations: [plain, pld, { ...plain, draft, method: spec.method }],
  repeats: 2,
  seed: 1,
  warmUp: 1,
  sampling: greedy,
  maxTokens: 32,
  systemPrompt: null,
  capture,
  engine,
  models: { target: 'hash of target', projector: 'hash of projector', draft: 'hash of draft' },
  shard: { index: 1, of: 1 },
};
