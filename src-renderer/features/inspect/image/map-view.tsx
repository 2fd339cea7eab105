import { type ReactNode, useMemo } from 'react';
import type { PatchGrid } from '#shared/domain/run.ts';
import { patchCount, type Size } from '../../../charts/heat-map/cells.ts';
import { rampOf } from '../../../charts/heat-map/colours.ts';
import { HeatMap } from '../../../charts/heat-map/heat-map.tsx';
import type { RunView } from '../model/run-view.ts';
import type { Resolved } from '../model/selection.ts';
import { tokenLabel } from '../model/vocabulary.ts';
import { useLayerMaps } from '../store/use-layer-maps.ts';
import type { Looks } from '../store/use-looks.ts';
import { useTokenMap } from '../store/use-token-map.ts';
import { diverges, heatOf } from './heat.ts';
import { HeatLegend, heatNote } from './heat-legend.tsx';
import css from './image.module.css';
import { PatchFacts, tellPatch } from './patch-facts.tsx';
import { RankedTokens } from './ranked-tokens.tsx';
import { useImageOptions } from './use-image-options.ts';

interface Props {
  readonly view: RunView;
  readonly at: Resolved;
  readonly looks: Looks;
  readonly onSelect: (token: number) => void;
  /** place of the token to compare with */
  readonly against: number | null;
  readonly picture: HTMLImageElement | null;
  readonly image: Size | null;
  readonly grids: readonly PatchGrid[];
  readonly grid: number | null;
  readonly mask: ReadonlySet<number> | null;
  /** what is said where there is no map; null while that is being read */
  readonly missing: ReactNode;
  /** buttons beside the legend's remark */
  readonly tools: ReactNode;
}

const blank = { low: 0, high: 1 };

/** One map: of the selected token, or its difference to another one; patches can be picked on it. */
export function MapView(props: Props) {
  const { view, at, looks, onSelect, against, picture, image, grids, grid, mask } = props;
  const { options } = useImageOptions();
  const { part } = looks;
  const maps = useLayerMaps(view, part, options.scale !== 'token');
  const own = useTokenMap(view, at.token, part);
  const compares = against !== null && against !== at.token;
  const other = useTokenMap(view, compares ? against : null, part);
  // Weights whose places are not known cannot be drawn; the text says why.
  const raw = own !== null && own.length === patchCount(grids) ? own : null;
  const heat = useMemo(
    () => (raw === null ? null : heatOf(raw, { scale: options.scale, maps, mask, against: other })),
    [raw, options.scale, maps, mask, other],
  );
  const diverging = diverges(heat);
  const ramp = useMemo(() => rampOf(options.colours, diverging), [options.colours, diverging]);
  const label = (place: number | null): string => {
    const token = place === null ? undefined : view.tokens[place];
    return token === undefined ? '' : tokenLabel(view.vocabulary, token.id);
  };
  const facts = { grids, heat, maps, mask };
  const note = heat === null ? '' : heatNote(heat, options.scale, maps, view.rounds.length);
  return (
    <>
      <div className={css.mapRow}>
        {image !== null && (
          <HeatMap
            label={`Image of ${view.summary.spec.sampleId}${heat === null ? '' : ' with attention'}`}
            picture={picture}
            image={image}
            grids={grids}
            map={heat?.map ?? null}
            domain={heat?.domain ?? blank}
            ramp={ramp}
            opacity={options.opacity}
            grid={grid}
            mask={mask}
            picked={looks.picked}
            onPick={heat === null ? null : looks.pick}
            describe={(cell) => <PatchFacts {...facts} cell={cell} />}
            tell={(cell) => tellPatch({ ...facts, cell })}
          />
        )}
        <RankedTokens view={view} looks={looks} selected={at.token} onSelect={onSelect} />
      </div>
      {heat === null ? (
        // While a round is read the legend's place stays, so that the picture does not jump.
        props.missing === null && <div className={css.legend} />
      ) : (
        <HeatLegend heat={heat} ramp={ramp} compared={`${label(at.token)} − ${label(against)}`} />
      )}
      <div className={css.noteRow}>
        {heat === null ? (
          props.missing
        ) : (
          <p className={css.note} title={note}>
            {note}
          </p>
        )}
        {props.tools}
      </div>
      {heat !== null && against !== null && heat.kind !== 'difference' && (
        <p className={css.hint}>
          {compares
            ? `Token ${against + 1}, ${label(against)}, has no map of this layer to compare with.`
            : `Select another token to see its map minus that of ${label(against)}.`}
        </p>
      )}
    </>
  );
}
