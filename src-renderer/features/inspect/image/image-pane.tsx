import { useMemo, useState } from 'react';
import type { RoundDetail } from '#shared/contract/calls.ts';
import { imageUrl } from '#shared/contract/transport.ts';
import type { Sample } from '#shared/domain/sample.ts';
import { patchCount, type Size } from '../../../charts/heat-map/cells.ts';
import { rampOf } from '../../../charts/heat-map/colours.ts';
import { HeatMap } from '../../../charts/heat-map/heat-map.tsx';
import { Panel } from '../../../ui/panel.tsx';
import { Select } from '../../../ui/select.tsx';
import { imageTurn, type RunView } from '../model/run-view.ts';
import type { Resolved } from '../model/selection.ts';
import { tokenLabel } from '../model/vocabulary.ts';
import { useLayerMean } from '../store/use-layer-mean.ts';
import { frameOf, heatOf, noHeatReason } from './heat.ts';
import { HeatFooter } from './heat-footer.tsx';
import css from './image.module.css';
import { PatchFacts } from './patch-facts.tsx';
import { useImageOptions } from './use-image-options.ts';
import { usePicture } from './use-picture.ts';

interface Props {
  readonly dataSetId: string | undefined;
  readonly sample: Sample | undefined;
  readonly view: RunView | null;
  readonly at: Resolved | null;
  readonly detail: RoundDetail | undefined;
  readonly layer: number | undefined;
  readonly onLayer: (layer: number) => void;
}

const noGrids = [] as const;
const blank = { low: 0, high: 1 };

/** The sample's image with the attention of the selected token on the target's own patch grid. */
export function ImagePane({ dataSetId, sample, view, at, detail, layer, onLayer }: Props) {
  const options = useImageOptions((state) => state.options);
  const [grid, setGrid] = useState<number | null>(null);
  const source = sourceOf(dataSetId, sample, view);
  const picture = usePicture(source === null ? null : imageUrl(source.dataSetId, source.sampleId, false));
  const token = at?.token == null ? undefined : view?.tokens[at.token];
  const turn = view === null ? null : imageTurn(view, token?.turn ?? view.turns.at(-1)?.index ?? 0);
  const grids = turn?.grids ?? noGrids;
  const captured = detail === undefined ? null : frameOf(detail.attention, layer);
  // Weights whose places are not known cannot be drawn; the text says why.
  const frame = captured !== null && captured.patches === patchCount(grids) ? captured : null;
  const mean = useLayerMean(view, frame?.layer ?? null, options.scale !== 'token');
  const row =
    view === null || at?.token == null || at.round === null
      ? 0
      : at.token - (view.firstTokens[at.round] ?? 0);
  const heat = useMemo(
    () => (frame === null ? null : heatOf(frame, row, options.scale, mean)),
    [frame, row, options.scale, mean],
  );
  const ramp = useMemo(
    () => rampOf(options.colours, heat?.diverging ?? false),
    [options.colours, heat?.diverging],
  );
  const size = sizeOf(turn?.image ?? null, picture.element);
  const shownGrid = grid !== null && grid < grids.length ? grid : null;
  const layers = detail?.attention.map((f) => f.layer) ?? [];

  return (
    <Panel
      title="Image"
      note={
        token === undefined || view === null ? undefined : (
          <code>{tokenLabel(view.vocabulary, token.id)}</code>
        )
      }
      scroll={false}
      actions={
        <>
          {grids.length > 1 && (
            <Select
              label="Tile"
              value={shownGrid === null ? 'all' : String(shownGrid)}
              options={[
                { value: 'all', label: 'All tiles' },
                ...grids.map((g, i) => ({ value: String(i), label: `Tile ${i + 1}: ${g.nx} × ${g.ny}` })),
              ]}
              onChange={(value) => setGrid(value === 'all' ? null : Number(value))}
            />
          )}
          {layers.length > 0 && (
            <Select
              label="Layer"
              value={String(frame?.layer ?? '')}
              options={layers.map((l) => ({ value: String(l), label: `Layer ${l}` }))}
              onChange={(value) => onLayer(Number(value))}
            />
          )}
        </>
      }
    >
      <div className={css.pane}>
        {picture.failed && <p className={css.message}>The image could not be loaded from the main side.</p>}
        {size === null ? (
          source === null && <p className={css.message}>No sample is chosen.</p>
        ) : (
          <HeatMap
            label={`Image of ${source?.sampleId ?? 'the sample'}${heat === null ? '' : ' with attention'}`}
            picture={picture.element}
            image={size}
            grids={grids}
            map={heat?.map ?? null}
            domain={heat?.domain ?? blank}
            ramp={ramp}
            opacity={options.opacity}
            grid={shownGrid}
            describe={(cell) => <PatchFacts cell={cell} grids={grids} heat={heat} mean={mean} />}
          />
        )}
        {heat !== null && (
          <HeatFooter heat={heat} ramp={ramp} mean={mean} rounds={view?.rounds.length ?? 0} />
        )}
        {heat === null && view !== null && detail !== undefined && (
          <p className={css.message}>{noHeatReason(view.summary.spec, turn, detail.attention)}</p>
        )}
      </div>
    </Panel>
  );
}

/** Whose image is shown: the open run's, else the chosen sample's. */
function sourceOf(dataSetId: string | undefined, sample: Sample | undefined, view: RunView | null) {
  if (view !== null) return { dataSetId: view.summary.spec.dataSetId, sampleId: view.summary.spec.sampleId };
  return dataSetId === undefined || sample === undefined ? null : { dataSetId, sampleId: sample.id };
}

function sizeOf(recorded: Size | null, picture: HTMLImageElement | null): Size | null {
  if (recorded !== null) return recorded;
  return picture === null ? null : { width: picture.naturalWidth, height: picture.naturalHeight };
}
