import { useEffect, useState } from 'react';
import type { RoundDetail } from '#shared/contract/calls.ts';
import { useInspectSearch } from '../../../app/use-search-params.ts';
import { type MapPart, shownPart } from '../model/map-part.ts';
import type { RunView } from '../model/run-view.ts';

/** Whose attention is shown: as the address says, else as in the round. While a round is read, it stays what it was. */
export function usePart(view: RunView, detail: RoundDetail | undefined): MapPart | null {
  const [{ layer, head }] = useInspectSearch();
  const run = view.summary.id;
  const [last, setLast] = useState<{ readonly run: string; readonly layer: number | undefined } | null>(null);
  const own = detail?.attention.at(-1)?.layer;
  useEffect(() => {
    if (detail !== undefined) setLast({ run, layer: own });
  }, [run, detail, own]);
  const kept = detail === undefined && last?.run === run ? last.layer : undefined;
  return shownPart(detail, layer ?? kept, head);
}
