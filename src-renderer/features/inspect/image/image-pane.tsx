import { GitCompareArrows } from 'lucide-react';
import { useState } from 'react';
import type { RoundDetail } from '#shared/contract/calls.ts';
import { imageUrl } from '#shared/contract/transport.ts';
import type { Sample } from '#shared/domain/sample.ts';
import { useActions } from '../../../actions/use-actions.ts';
import { useModels } from '../../../api/queries.ts';
import type { Look } from '../../../app/search-params.ts';
import { useInspectSearch } from '../../../app/use-search-params.ts';
import type { Size } from '../../../charts/heat-map/cells.ts';
import { rampOf } from '../../../charts/heat-map/colours.ts';
import { HeatMap } from '../../../charts/heat-map/heat-map.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Panel } from '../../../ui/panel.tsx';
import { Segmented } from '../../../ui/segmented.tsx';
import type { RunView } from '../model/run-view.ts';
import type { Resolved } from '../model/selection.ts';
import { tokenLabel } from '../model/vocabulary.ts';
import type { Looks } from '../store/use-looks.ts';
import css from './image.module.css';
import { LookView } from './look-view.tsx';
import { usePicture } from './use-picture.ts';

interface Props {
  readonly dataSetId: string | undefined;
  readonly sample: Sample | undefined;
  /** null while no run is shown: the picture alone */
  readonly run: {
    readonly view: RunView;
    readonly at: Resolved;
    readonly detail: RoundDetail | undefined;
    readonly looks: Looks;
    readonly onSelect: (token: number) => void;
  } | null;
}

const views: readonly { readonly value: 'map' | Look; readonly label: string; readonly keys: string }[] = [
  { value: 'map', label: 'Map', keys: 'm' },
  { value: 'heads', label: 'Heads', keys: 'h' },
  { value: 'layers', label: 'Layers', keys: 'l' },
  { value: 'score', label: 'Score', keys: 'e' },
];

/** The sample's image with the attention of the selected token on the target's own patch grid, in several views. */
export function ImagePane({ dataSetId, sample, run }: Props) {
  const [search, change] = useInspectSearch();
  const models = useModels();
  const [grid, setGrid] = useState<number | null>(null);
  const source = sourceOf(dataSetId, sample, run?.view ?? null);
  const picture = usePicture(source === null ? null : imageUrl(source.dataSetId, source.sampleId, false));
  const size = naturalSize(picture.element);
  const place = run?.at.token ?? null;
  const against = search.against ?? null;

  const compare = () => change({ against: against === null ? (place ?? undefined) : undefined });
  const show = (next: 'map' | Look) => change({ look: next === 'map' ? undefined : next });
  useActions([
    ...views.map(({ value, label, keys }) => ({
      id: `inspect.look-${value}`,
      label: `Attention: ${label.toLowerCase()}`,
      group: 'Inspect',
      keys: [keys],
      when: () => run !== null,
      run: () => show(value),
    })),
    {
      id: 'inspect.compare',
      label: 'Compare the token with others, or no longer',
      group: 'Inspect',
      keys: ['='],
      when: () => run !== null && (place !== null || against !== null),
      run: compare,
    },
  ]);

  return (
    <Panel
      title="Image"
      note={run === null ? undefined : <code>{noteOf(run.view, place, against)}</code>}
      scroll={false}
      actions={
        run !== null && (
          <>
            <IconButton
              label={against === null ? 'Compare this token with another' : 'Compare no longer'}
              size="s"
              pressed={against !== null}
              disabled={against === null && place === null}
              keys="="
              onClick={compare}
            >
              <GitCompareArrows />
            </IconButton>
            <Segmented
              label="View of the attention"
              value={search.look ?? 'map'}
              options={views}
              onChange={show}
            />
          </>
        )
      }
    >
      <div className={css.pane}>
        {picture.failed && <p className={css.message}>The image could not be loaded from the main side.</p>}
        {run === null && size === null && source === null && (
          <p className={css.message}>No sample is chosen.</p>
        )}
        {run === null && size !== null && (
          <HeatMap
            label={`Image of ${source?.sampleId ?? 'the sample'}`}
            picture={picture.element}
            image={size}
            grids={[]}
            map={null}
            domain={{ low: 0, high: 1 }}
            ramp={rampOf('inferno', false)}
            opacity={1}
            grid={null}
            mask={null}
            picked={nothing}
            onPick={null}
            describe={() => null}
            tell={() => ''}
          />
        )}
        {run !== null && (
          <LookView
            {...run}
            files={models.data?.files ?? []}
            picture={picture.element}
            size={size}
            grid={grid}
            onGrid={setGrid}
          />
        )}
      </div>
    </Panel>
  );
}

const nothing: ReadonlySet<number> = new Set();

/** The token that is shown, and the one that it is compared with. */
function noteOf(view: RunView, place: number | null, against: number | null): string {
  const label = (at: number | null): string => {
    const token = at === null ? undefined : view.tokens[at];
    return token === undefined ? '' : tokenLabel(view.vocabulary, token.id);
  };
  const other = label(against);
  return against === null || other === '' || against === place ? label(place) : `${label(place)} − ${other}`;
}

/** Whose image is shown: the open run's, else the chosen sample's. */
function sourceOf(dataSetId: string | undefined, sample: Sample | undefined, view: RunView | null) {
  if (view !== null) return { dataSetId: view.summary.spec.dataSetId, sampleId: view.summary.spec.sampleId };
  return dataSetId === undefined || sample === undefined ? null : { dataSetId, sampleId: sample.id };
}

function naturalSize(picture: HTMLImageElement | null): Size | null {
  return picture === null ? null : { width: picture.naturalWidth, height: picture.naturalHeight };
}
