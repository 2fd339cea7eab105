import type { SampleRow } from '#shared/contract/calls.ts';
import { autoEngine, greedy, type RunSummary } from '#shared/domain/run.ts';
import { emptyTotals } from '#shared/metrics/totals.ts';

export function sampleRow(id: string, topic: string, question: string, category = 'scene'): SampleRow {
  return { sample: { id, image: `${id}.png`, turns: [question], category, topic }, runs: 0 };
}

export function runSummary(id: string, patch: Partial<RunSummary> = {}): RunSummary {
  return {
    id,
    createdAt: 0,
    status: 'done',
    reason: null,
    spec: {
      dataSetId: 'd',
      sampleId: `sample of ${id}`,
      target: 't',
      projector: null,
      draft: null,
      draftProjector: null,
      method: { name: 'pld', ngram: 4, maxDraft: 10 },
      gate: { mode: 'off', threshold: 0.35 },
      sampling: greedy,
      maxTokens: 16,
      systemPrompt: null,
      capture: { layers: 'last' },
      engine: autoEngine,
    },
    topic: 'general vqa',
    totals: emptyTotals,
    fingerprint: null,
    fork: null,
    source: { kind: 'run' },
    ...patch,
  };
}
