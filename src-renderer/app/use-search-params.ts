/**
 * Typed access to a view's address: the current values and a function that changes some of them.
 * `undefined` takes a value out. Changes replace the history entry unless `push` is asked for (for steps that Back should undo).
 */
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';
import type { InspectSearch, RunsSearch, SamplesSearch } from './search-params.ts';

type Change<T> = (patch: Partial<T>, options?: { readonly push?: boolean }) => void;

export function useSamplesSearch(): readonly [SamplesSearch, Change<SamplesSearch>] {
  const search = useSearch({ from: '/samples' });
  const navigate = useNavigate({ from: '/samples' });
  const change = useCallback<Change<SamplesSearch>>(
    (patch, options) =>
      void navigate({ search: (now) => ({ ...now, ...patch }), replace: options?.push !== true }),
    [navigate],
  );
  return [search, change];
}

export function useInspectSearch(): readonly [InspectSearch, Change<InspectSearch>] {
  const search = useSearch({ from: '/inspect' });
  const navigate = useNavigate({ from: '/inspect' });
  const change = useCallback<Change<InspectSearch>>(
    (patch, options) =>
      void navigate({ search: (now) => ({ ...now, ...patch }), replace: options?.push !== true }),
    [navigate],
  );
  return [search, change];
}

export function useRunsSearch(): readonly [RunsSearch, Change<RunsSearch>] {
  const search = useSearch({ from: '/runs' });
  const navigate = useNavigate({ from: '/runs' });
  const change = useCallback<Change<RunsSearch>>(
    (patch, options) =>
      void navigate({ search: (now) => ({ ...now, ...patch }), replace: options?.push !== true }),
    [navigate],
  );
  return [search, change];
}
