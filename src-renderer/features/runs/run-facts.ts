import { assertNever } from '#shared/domain/assert.ts';
import type { RunSource, RunSummary, Sampling } from '#shared/domain/run.ts';
import { decodeMs } from '#shared/metrics/totals.ts';
import { formatMs } from '../../ui/format.ts';

export interface RunFact {
  readonly label: string;
  readonly value: string;
}

/** "greedy", or the sampling parameters that differ from off. */
export function samplingLabel(sampling: Sampling): string {
  if (sampling.temperature === 0) return 'greedy';
  const parts = [`temperature ${sampling.temperature}`];
  if (sampling.topK > 0) parts.push(`top-k ${sampling.topK}`);
  if (sampling.topP < 1) parts.push(`top-p ${sampling.topP}`);
  return [...parts, `seed ${sampling.seed}`].join(', ');
}

/** The bench of a run, or the file that it was read from with what is known to be wrong with its numbers. */
function sourceFacts(source: RunSource): readonly RunFact[] {
  switch (source.kind) {
    case 'run':
      return [];
    case 'bench':
      return [{ label: 'Bench', value: source.name }];
    case 'imported':
      return [
        { label: 'Imported', value: `${source.file}, sums only` },
        { label: 'Wall time', value: `${formatMs(source.wallMs)}, prompt included` },
        ...(source.notes.length === 0 ? [] : [{ label: 'Notes', value: source.notes.join('; ') }]),
      ];
    default:
      return assertNever(source);
  }
}

/** What a run was made with and how long it took, beyond the columns of the table. */
export function runFacts(run: RunSummary): readonly RunFact[] {
  const { fingerprint, spec, totals } = run;
  return [
    { label: 'Run', value: run.id },
    ...sourceFacts(run.source),
    { label: 'Sampling', value: samplingLabel(spec.sampling) },
    ...(run.source.kind === 'imported'
      ? []
      : [
          { label: 'Prompt', value: formatMs(totals.prefillMs) },
          { label: 'Decoding', value: formatMs(decodeMs(totals)) },
        ]),
    ...(fingerprint === null
      ? []
      : [
          { label: 'Variant', value: fingerprint.variant },
          { label: 'GPU layers', value: String(fingerprint.gpuLayers) },
          { label: 'Threads', value: String(fingerprint.threads) },
          { label: 'KV', value: fingerprint.kvType.toUpperCase() },
          { label: 'Models', value: fingerprint.models.map((model) => model.name).join(' + ') },
        ]),
  ];
}
