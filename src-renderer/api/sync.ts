/** Keeps the query cache true to the main side's events, and refetches everything after a reconnection. */
import type { QueryClient } from '@tanstack/react-query';
import type { AppInfo } from '#shared/contract/status.ts';
import type { Api } from '#shared/contract/transport.ts';
import type { RunSummary } from '#shared/domain/run.ts';
import { isAttention, keys } from './query-keys.ts';

/** A live run sends a summary per round: the list takes them over in batches, this many milliseconds apart. */
const batchMs = 100;

/** Runs with `changes` taken over, newest first. */
export function mergeSummaries(
  runs: readonly RunSummary[],
  changes: ReadonlyMap<string, RunSummary>,
): readonly RunSummary[] {
  const known = new Set(runs.map((run) => run.id));
  const added = [...changes.values()].filter((run) => !known.has(run.id));
  return [...added, ...runs.map((run) => changes.get(run.id) ?? run)].sort(
    (a, b) => b.createdAt - a.createdAt,
  );
}

/** Returns a function that ends the synchronisation. */
export function syncCache(api: Api, cache: QueryClient): () => void {
  const changes = new Map<string, RunSummary>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let connected = true;

  const invalidate = (queryKey: readonly string[]) => void cache.invalidateQueries({ queryKey });

  function flush(): void {
    timer = undefined;
    const runs = cache.getQueryData<readonly RunSummary[]>(keys.runs);
    if (runs !== undefined) {
      const known = new Set(runs.map((run) => run.id));
      cache.setQueryData(keys.runs, mergeSummaries(runs, changes));
      // A new run raises its sample's count.
      if ([...changes.keys()].some((id) => !known.has(id))) invalidate(keys.allSamples);
    } else {
      invalidate(keys.allSamples);
    }
    changes.clear();
  }

  const ends = [
    api.on('engine.status', (engine) => {
      cache.setQueryData<AppInfo>(keys.appInfo, (info) => (info === undefined ? info : { ...info, engine }));
    }),
    api.on('run.summary', (summary) => {
      changes.set(summary.id, summary);
      timer ??= setTimeout(flush, batchMs);
    }),
    api.on('runs.deleted', ({ runIds }) => {
      const gone = new Set(runIds);
      cache.setQueryData<readonly RunSummary[]>(keys.runs, (runs) =>
        runs?.filter((run) => !gone.has(run.id)),
      );
      for (const id of runIds) {
        changes.delete(id);
        cache.removeQueries({ queryKey: keys.run(id) });
      }
      invalidate(keys.allSamples);
    }),
    // Rounds may be shared by forks: all that was read of any run is read again where it is looked at.
    api.on('run.captured', () => {
      void cache.invalidateQueries({ predicate: ({ queryKey }) => isAttention(queryKey) });
    }),
    api.on('dataSets.changed', () => {
      invalidate(keys.dataSets);
      invalidate(keys.allSamples);
    }),
    api.on('models.changed', () => invalidate(keys.models)),
    api.onConnection((now) => {
      if (now && !connected) void cache.invalidateQueries();
      connected = now;
    }),
  ];

  return () => {
    clearTimeout(timer);
    for (const end of ends) end();
  };
}
