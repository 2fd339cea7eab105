/** Keys of the query cache, in one place so that events invalidate exactly what they change. */
export const keys = {
  appInfo: ['app-info'],
  dataSets: ['data-sets'],
  allSamples: ['samples'],
  samples: (dataSetId: string) => ['samples', dataSetId],
  reference: (dataSetId: string, sampleId: string) => ['samples', dataSetId, 'reference', sampleId],
  models: ['models'],
  runs: ['runs'],
  run: (runId: string) => ['run', runId],
  plainTokens: (runId: string) => ['run', runId, 'tokens'],
  recorded: (runId: string) => ['run', runId, 'recorded'],
  round: (runId: string, index: number) => ['run', runId, 'round', index],
  heads: (runId: string, index: number, layer: number) => ['run', runId, 'heads', index, layer],
  /** another method's draft at a round */
  otherDraft: (runId: string, index: number, by: string) => ['run', runId, 'round', index, 'other', by],
} as const;

/** Whether what a key stands for holds attention, which can be added to a run after its end. */
export function isAttention(key: readonly unknown[]): boolean {
  return key[0] === 'run' && (key[2] === 'round' || key[2] === 'heads');
}
