/** React hooks over the contract. Data stays fresh through events (sync.ts), so nothing is refetched by time. */
import { QueryClient, queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { CallInput } from '#shared/contract/calls.ts';
import type { EngineStatus } from '#shared/contract/status.ts';
import type { Api } from '#shared/contract/transport.ts';
import { useApi } from './api-context.tsx';
import { keys } from './query-keys.ts';

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: Number.POSITIVE_INFINITY,
        // The main side is on this machine or behind a tunnel; its failures are answers, not glitches.
        retry: false,
        networkMode: 'always',
        refetchOnWindowFocus: false,
      },
      mutations: { networkMode: 'always' },
    },
  });
}

export const roundQuery = (api: Api, runId: string, index: number) =>
  queryOptions({
    queryKey: keys.round(runId, index),
    queryFn: () => api.call('runs.round', { runId, index }),
    // Trees and attention of thousands of rounds are too much to keep once they are out of sight.
    gcTime: 30_000,
  });

/** Version, host, places, engine status. */
export function useAppInfo() {
  const api = useApi();
  return useQuery({ queryKey: keys.appInfo, queryFn: () => api.call('app.info', {}) });
}

/** The engine's status, live; undefined until it is known. */
export function useEngineStatus(): EngineStatus | undefined {
  return useAppInfo().data?.engine;
}

export function useDataSets() {
  const api = useApi();
  return useQuery({ queryKey: keys.dataSets, queryFn: () => api.call('dataSets.list', {}) });
}

/** Samples of a data set with their number of runs; waits while `dataSetId` is undefined. */
export function useSamples(dataSetId: string | undefined) {
  const api = useApi();
  return useQuery({
    queryKey: keys.samples(dataSetId ?? ''),
    queryFn: () => api.call('dataSets.samples', { dataSetId: dataSetId ?? '' }),
    enabled: dataSetId !== undefined,
  });
}

/** Reference answers of a sample, one per turn; undefined until they are read. */
export function useReference(dataSetId: string, sampleId: string) {
  const api = useApi();
  return useQuery({
    queryKey: keys.reference(dataSetId, sampleId),
    queryFn: () => api.call('dataSets.reference', { dataSetId, sampleId }),
  });
}

export function useModels() {
  const api = useApi();
  return useQuery({ queryKey: keys.models, queryFn: () => api.call('models.list', {}) });
}

/** All runs, newest first, live. */
export function useRuns() {
  const api = useApi();
  return useQuery({
    queryKey: keys.runs,
    queryFn: async () => [...(await api.call('runs.list', {}))].sort((a, b) => b.createdAt - a.createdAt),
  });
}

/** Draft tree and attention of one round; `index` is counted over the whole run. */
export function useRound(runId: string | undefined, index: number | undefined) {
  const api = useApi();
  return useQuery({
    ...roundQuery(api, runId ?? '', index ?? 0),
    enabled: runId !== undefined && index !== undefined,
  });
}

/** Attention of every head of a layer in one round; waits while one of them is null. */
export function useHeads(runId: string | null, index: number | null, layer: number | null) {
  const api = useApi();
  return useQuery({
    queryKey: keys.heads(runId ?? '', index ?? 0, layer ?? 0),
    queryFn: () => api.call('runs.heads', { runId: runId ?? '', round: index ?? 0, layer: layer ?? 0 }),
    enabled: runId !== null && index !== null && layer !== null,
    gcTime: 30_000,
  });
}

/** Reads attention of a finished run again; takes as long as evaluating its tokens does. */
export function useCaptureAgain() {
  const api = useApi();
  return useMutation({ mutationFn: (input: CallInput<'runs.capture'>) => api.call('runs.capture', input) });
}

export function useStartRun() {
  const api = useApi();
  return useMutation({ mutationFn: (input: CallInput<'runs.start'>) => api.call('runs.start', input) });
}

export function useControlRun() {
  const api = useApi();
  return useMutation({ mutationFn: (input: CallInput<'runs.control'>) => api.call('runs.control', input) });
}

export function useForkRun() {
  const api = useApi();
  return useMutation({ mutationFn: (input: CallInput<'runs.fork'>) => api.call('runs.fork', input) });
}

export function useBackRun() {
  const api = useApi();
  return useMutation({ mutationFn: (input: CallInput<'runs.back'>) => api.call('runs.back', input) });
}

export function useRunTo() {
  const api = useApi();
  return useMutation({ mutationFn: (input: CallInput<'runs.runTo'>) => api.call('runs.runTo', input) });
}

export function useTokenize() {
  const api = useApi();
  return useMutation({ mutationFn: (input: CallInput<'runs.tokenize'>) => api.call('runs.tokenize', input) });
}

export function useDeleteRuns() {
  const api = useApi();
  return useMutation({
    mutationFn: (runIds: readonly string[]) => api.call('runs.delete', { runIds: [...runIds] }),
  });
}

export function useAddDataSet() {
  const api = useApi();
  return useMutation({ mutationFn: (folder: string) => api.call('dataSets.add', { folder }) });
}

export function useRemoveDataSet() {
  const api = useApi();
  return useMutation({ mutationFn: (dataSetId: string) => api.call('dataSets.remove', { dataSetId }) });
}

/** The main side reads files anew when they have changed, but only when it is asked. */
export function useReadDataSetsAgain(): { readonly isFetching: boolean; readonly read: () => void } {
  const cache = useQueryClient();
  const { isFetching } = useDataSets();
  return {
    isFetching,
    read: () => {
      void cache.invalidateQueries({ queryKey: keys.dataSets });
      void cache.invalidateQueries({ queryKey: keys.allSamples });
    },
  };
}

export function useRestartEngine() {
  const api = useApi();
  return useMutation({ mutationFn: () => api.call('engine.restart', {}) });
}
