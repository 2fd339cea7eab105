import { useEffect, useState } from 'react';
import { useApi } from '../../../api/api-context.tsx';
import type { MapPart } from '../model/map-part.ts';
import type { RunView } from '../model/run-view.ts';
import { type LayerMaps, noMaps, withMaps } from './layer-maps.ts';

/** Rounds that are read with one call. */
const perCall = 256;
/** Milliseconds without further attention after which what was added is read. */
const settledMs = 200;

/**
 * All maps of a layer or head over a run, as far as they are read: in order, without trees, and only while `wanted`.
 * They are read again when attention is added to the run. Null until the first are in.
 */
export function useLayerMaps(view: RunView | null, part: MapPart | null, wanted: boolean): LayerMaps | null {
  const api = useApi();
  const [added, setAdded] = useState(0);
  const [state, setState] = useState<{ readonly key: string; readonly maps: LayerMaps } | null>(null);
  const runId = view?.summary.id ?? null;
  const layer = part?.layer ?? null;
  const head = part?.head ?? null;
  const rounds = view?.rounds.length ?? 0;
  const key = `${runId}/${layer}/${head}/${added}`;
  // Rounds that were taken back and decoded anew have other maps.
  const known = state !== null && state.key === key && state.maps.next <= rounds ? state.maps : null;

  useEffect(() => {
    // It comes in parts: the maps are read again when no more has come for a while.
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = api.on('run.captured', () => {
      clearTimeout(timer);
      timer = setTimeout(() => setAdded((n) => n + 1), settledMs);
    });
    return () => {
      clearTimeout(timer);
      end();
    };
  }, [api]);

  useEffect(() => {
    const from = known?.next ?? 0;
    if (!wanted || runId === null || layer === null || from >= rounds) return;
    let stopped = false;
    const count = Math.min(perCall, rounds - from);
    api.call('runs.attention', { runId, layer, head, from, count }).then(
      (more) => {
        if (!stopped) setState({ key, maps: withMaps(known ?? noMaps, more, from + count) });
      },
      () => {
        // A round that cannot be read is reported where it is shown; the maps stay as far as they came.
      },
    );
    return () => {
      stopped = true;
    };
  }, [api, wanted, runId, layer, head, key, rounds, known]);

  return known;
}
