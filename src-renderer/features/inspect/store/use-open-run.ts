import { useQueryClient } from '@tanstack/react-query';
import { useLayoutEffect, useState } from 'react';
import { createStore, useStore } from 'zustand';
import { useApi } from '../../../api/api-context.tsx';
import { keys } from '../../../api/query-keys.ts';
import { type OpenRun, openRun, type RunStore } from './run-store.ts';

/** Newest records of a batch whose trees and attention are kept ready; others are read when they are looked at. */
const keptPerBatch = 4;

const nothing = createStore<OpenRun>(() => ({ view: null, error: null, deleted: false }));

/**
 * The run with this id, live; all null while it is being opened or without an id. `begun` is false in the very first
 * rendering alone: what waits for it lets the main side read while the screen is made.
 */
export function useOpenRun(runId: string | undefined): OpenRun & { readonly begun: boolean } {
  const api = useApi();
  const cache = useQueryClient();
  const [open, setOpen] = useState<{ readonly runId: string; readonly run: RunStore } | null>(null);
  useLayoutEffect(() => {
    if (runId === undefined) return;
    cache.setQueryDefaults(['run', runId, 'round'], { gcTime: 30_000 });
    const run = openRun(
      api,
      runId,
      (records) => {
        for (const { round, tree, attention } of records.slice(-keptPerBatch)) {
          const { heads } = run.store.getState().view?.summary.spec.capture ?? {};
          const headLayers = heads === true ? attention.map(({ layer }) => layer) : [];
          cache.setQueryData(keys.round(runId, round.index), { tree, attention, headLayers });
        }
      },
      (rounds) =>
        cache.removeQueries({
          queryKey: ['run', runId, 'round'],
          predicate: ({ queryKey }) => Number(queryKey[3]) >= rounds,
        }),
    );
    setOpen({ runId, run });
    return run.close;
  }, [api, cache, runId]);
  const run = useStore(open !== null && open.runId === runId ? open.run.store : nothing);
  return { ...run, begun: open !== null || runId === undefined };
}
