import { type RunStatus, runStatuses } from '#shared/domain/run.ts';
import { matchesWords, searchWords } from '../../ui/words.ts';
import type { RunRow } from './run-row.ts';

export interface RunFilter {
  readonly q: string | undefined;
  readonly status: RunStatus | undefined;
}

/** Runs of the status in which every searched word occurs; order kept. */
export function filterRuns(rows: readonly RunRow[], filter: RunFilter): readonly RunRow[] {
  return searchRuns(rows, filter.q).filter(
    ({ run }) => filter.status === undefined || run.status === filter.status,
  );
}

/** Statuses that some run has, with how many runs match the search text, in the order of a run's life. */
export function statusCounts(
  rows: readonly RunRow[],
  q: string | undefined,
): readonly { readonly status: RunStatus; readonly count: number }[] {
  const present = new Set(rows.map(({ run }) => run.status));
  const found = searchRuns(rows, q);
  return runStatuses
    .filter((status) => present.has(status))
    .map((status) => ({ status, count: found.filter(({ run }) => run.status === status).length }));
}

function searchRuns(rows: readonly RunRow[], q: string | undefined): readonly RunRow[] {
  const words = searchWords(q ?? '');
  if (words.length === 0) return rows;
  return rows.filter((row) =>
    matchesWords(words, [
      row.run.id,
      row.run.spec.sampleId,
      row.run.topic,
      row.method,
      `gate ${row.gate}`,
      row.run.status,
      row.run.reason ?? '',
      row.device ?? '',
      row.run.source.kind === 'bench' ? `bench ${row.run.source.name}` : '',
      row.run.source.kind === 'imported' ? row.run.source.file : '',
      ...(row.run.fingerprint?.models.map((model) => model.name) ?? []),
    ]),
  );
}
