import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Api } from '#shared/contract/transport.ts';
import { useApi } from '../../../api/api-context.tsx';
import { roundQuery } from '../../../api/queries.ts';
import { addMap, attentionRow, emptyMean, type MeanMap, meanOf } from '../../../charts/heat-map/attention.ts';
import type { RunView } from '../model/run-view.ts';

/** Mean attention map of a layer over the tokens of a run so far, and how many rounds are in it. */
export interface LayerMean {
  readonly map: Float32Array;
  /** largest single value of any map */
  readonly highest: number;
  readonly rounds: number;
}

interface Progress {
  readonly key: string;
  readonly sum: MeanMap | null;
  readonly highest: number;
  /** first round that is not in it yet */
  readonly next: number;
}

/** Rounds read before the picture is brought up to date. */
const perUpdate = 16;

/** Adds the round `from.next`, if it has attention in the layer. Maps of another patch count (another image) are left out. */
async function addRound(
  api: Api,
  cache: QueryClient,
  runId: string,
  layer: number,
  from: Progress,
): Promise<Progress> {
  const detail = await cache.fetchQuery(roundQuery(api, runId, from.next));
  const frame = detail.attention.find((f) => f.layer === layer);
  let { sum, highest } = from;
  for (let row = 0; frame !== undefined && row < frame.rows; row += 1) {
    const map = attentionRow(frame, row);
    if (map === null || (sum !== null && sum.sum.length !== map.length)) continue;
    sum = addMap(sum ?? emptyMean(map.length), map);
    highest = map.reduce((a, b) => Math.max(a, b), highest);
  }
  return { ...from, sum, highest, next: from.next + 1 };
}

/**
 * Mean map of one layer over the whole run. Reads every round once, in order, and only while `wanted`; null until the
 * first are in, or when the run has no attention in that layer.
 */
export function useLayerMean(view: RunView | null, layer: number | null, wanted: boolean): LayerMean | null {
  const api = useApi();
  const cache = useQueryClient();
  const runId = view?.summary.id ?? null;
  const rounds = view?.rounds.length ?? 0;
  const key = `${runId}/${layer}`;
  const [progress, setProgress] = useState<Progress | null>(null);
  const next = progress?.key === key ? progress.next : 0;
  const upTo = Math.min(rounds, Math.ceil((next + 1) / perUpdate) * perUpdate);

  useEffect(() => {
    if (!wanted || runId === null || layer === null || next >= upTo) return;
    let stopped = false;
    const read = async (from: Progress) => {
      let done = from;
      while (done.next < upTo && !stopped) done = await addRound(api, cache, runId, layer, done);
      if (!stopped) setProgress(done);
    };
    const start = progress?.key === key ? progress : { key, sum: null, highest: 0, next: 0 };
    read(start).catch(() => {
      // A round that cannot be read is reported where it is shown; the mean stays as far as it came.
    });
    return () => {
      stopped = true;
    };
  }, [api, cache, wanted, runId, layer, key, next, upTo, progress]);

  if (progress === null || progress.key !== key || progress.sum === null) return null;
  return { map: meanOf(progress.sum), highest: progress.highest, rounds: progress.next };
}
