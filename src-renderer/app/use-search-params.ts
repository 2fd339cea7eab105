/**
 * Typed access to a view's address: the current values and a function that changes some of them.
 * `undefined` takes a value out. Changes replace the history entry unless `push` is asked for (for steps that Back should undo).
 */
import { useNavigate, useRouter, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';
import type { InspectSearch, RunsSearch, SamplesSearch } from './search-params.ts';

type Change<T> = (patch: Partial<T>, options?: { readonly push?: boolean }) => void;

export function useSamplesSearch(): readonly [SamplesSearch, Change<SamplesSearch>] {
  const search = useSearch({ from: '/samples' });
  const navigate = useNavigate({ from: '/samples' });
  const isShown = useIsShown('/samples');
  const change = useCallback<Change<SamplesSearch>>(
    (patch, options) => {
      if (isShown())
        void navigate({ search: (now) => ({ ...now, ...patch }), replace: options?.push !== true });
    },
    [navigate, isShown],
  );
  return [search, change];
}

export function useInspectSearch(): readonly [InspectSearch, Change<InspectSearch>] {
  const search = useSearch({ from: '/inspect' });
  const navigate = useNavigate({ from: '/inspect' });
  const isShown = useIsShown('/inspect');
  const change = useCallback<Change<InspectSearch>>(
    (patch, options) => {
      if (isShown())
        void navigate({ search: (now) => ({ ...now, ...patch }), replace: options?.push !== true });
    },
    [navigate, isShown],
  );
  return [search, change];
}

export function useRunsSearch(): readonly [RunsSearch, Change<RunsSearch>] {
  const search = useSearch({ from: '/runs' });
  const navigate = useNavigate({ from: '/runs' });
  const isShown = useIsShown('/runs');
  const change = useCallback<Change<RunsSearch>>(
    (patch, options) => {
      if (isShown())
        void navigate({ search: (now) => ({ ...now, ...patch }), replace: options?.push !== true });
    },
    [navigate, isShown],
  );
  return [search, change];
}

/**
 * Tells whether the address still is this screen's. A delayed change must not pull the window back from the
 * screen that the user has gone to meanwhile, also while that one is still loading.
 */
function useIsShown(path: string): () => boolean {
  const router = useRouter();
  return useCallback(() => router.latestLocation.pathname === path, [router, path]);
}
