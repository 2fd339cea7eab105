import { useQuery } from '@tanstack/react-query';
import type { RunSummary } from '#shared/domain/run.ts';
import type { AnswerToken } from '#shared/domain/token.ts';
import { useApi } from '../../../api/api-context.tsx';
import { useRuns } from '../../../api/queries.ts';
import { keys } from '../../../api/query-keys.ts';
import { plainRunOf } from './filters.ts';

export interface PlainRun {
  /** null: none was recorded */
  readonly run: RunSummary | null;
  /** null until they are read */
  readonly tokens: readonly AnswerToken[] | null;
}

/** The recorded run of plain decoding that this one can be compared with; its tokens are read when `wanted`. */
export function usePlainRun(summary: RunSummary, wanted: boolean): PlainRun {
  const api = useApi();
  const run = plainRunOf(summary, useRuns().data ?? []);
  const id = run?.id ?? '';
  const { data } = useQuery({
    queryKey: keys.plainTokens(id),
    queryFn: async () => (await api.call('runs.open', { runId: id })).tokens,
    enabled: wanted && run !== null,
  });
  return { run, tokens: data ?? null };
}
