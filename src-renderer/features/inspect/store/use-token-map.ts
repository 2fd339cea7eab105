import { useMemo } from 'react';
import { useHeads, useRound } from '../../../api/queries.ts';
import { attentionRow, headMaps, weightsOf } from '../../../charts/heat-map/attention.ts';
import type { MapPart } from '../model/map-part.ts';
import type { RunView } from '../model/run-view.ts';

/** Attention weights of the row that yielded a token; null where they are not recorded or not read yet. */
export function useTokenMap(
  view: RunView | null,
  token: number | null,
  part: MapPart | null,
): Float32Array | null {
  const runId = view?.summary.id ?? null;
  const round = (token === null ? undefined : view?.tokens[token]?.round) ?? null;
  const layer = part?.layer ?? null;
  const head = part?.head ?? null;
  const detail = useRound(runId ?? undefined, round ?? undefined);
  const heads = useHeads(head === null ? null : runId, round, layer);
  const row = token === null || round === null ? -1 : token - (view?.firstTokens[round] ?? 0);
  const frame = detail.data?.attention.find((f) => f.layer === layer) ?? null;
  const all = heads.data ?? null;
  return useMemo(() => {
    if (head === null) return frame === null ? null : attentionRow(frame, row);
    const map = all === null ? undefined : headMaps(all, row)[head];
    return map === undefined ? null : weightsOf(map);
  }, [head, frame, all, row]);
}
