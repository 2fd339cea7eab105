import { useMemo, useState } from 'react';
import { plural } from '../../../ui/format.ts';
import { type MapPart, partLabel } from '../model/map-part.ts';
import type { RunView } from '../model/run-view.ts';
import { type Painting, paintingOf } from '../tokens/quantities.ts';
import { probability } from '../words/numbers.ts';
import { type Looked, looksAt } from './layer-maps.ts';
import { useLayerMaps } from './use-layer-maps.ts';

/** Patches picked on the image, and which tokens look there. */
export interface Looks {
  readonly picked: ReadonlySet<number>;
  readonly pick: (patches: ReadonlySet<number>) => void;
  readonly part: MapPart | null;
  /** in the order of the tokens, as far as the run is read */
  readonly looked: readonly Looked[];
  /** rounds that are read */
  readonly rounds: number;
  /** colours for the tokens; null while nothing is picked */
  readonly painting: Painting | null;
}

const nothing: ReadonlySet<number> = new Set();

/** The reverse of a heat map: from patches to tokens. What is picked belongs to a run and is let go with it. */
export function useLooks(view: RunView, part: MapPart | null): Looks {
  const [state, setState] = useState<{ readonly run: string; readonly picked: ReadonlySet<number> } | null>(
    null,
  );
  const run = view.summary.id;
  const picked = state?.run === run ? state.picked : nothing;
  const maps = useLayerMaps(view, part, picked.size > 0);
  const { tokens, firstTokens } = view;
  const looked = useMemo(
    () => (maps === null || picked.size === 0 ? [] : looksAt(maps, picked, tokens, firstTokens)),
    [maps, picked, tokens, firstTokens],
  );
  const painting = useMemo(() => {
    if (picked.size === 0 || part === null) return null;
    const masses = new Map(looked.map(({ place, mass }) => [tokens[place], mass]));
    return paintingOf(
      {
        label: `Attention on ${plural(picked.size, 'patch', 'patches')}, ${partLabel(part)}`,
        value: (token) => masses.get(token) ?? null,
        text: probability,
        high: null,
        log: false,
      },
      tokens,
    );
  }, [picked, part, looked, tokens]);
  return {
    picked,
    pick: (patches) => setState({ run, picked: patches }),
    part,
    looked,
    rounds: maps?.next ?? 0,
    painting,
  };
}
