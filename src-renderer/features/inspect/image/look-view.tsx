import { useMemo } from 'react';
import type { RoundDetail } from '#shared/contract/calls.ts';
import type { CaptureSpec } from '#shared/domain/capture.ts';
import type { ModelFile } from '#shared/domain/model.ts';
import { useHeads } from '../../../api/queries.ts';
import { useInspectSearch } from '../../../app/use-search-params.ts';
import { attentionRow, headMaps, weightsOf } from '../../../charts/heat-map/attention.ts';
import { patchCount, type Size } from '../../../charts/heat-map/cells.ts';
import { rampOf } from '../../../charts/heat-map/colours.ts';
import { maskOf } from '../../../charts/heat-map/sinks.ts';
import { imageTurn, type RunView } from '../model/run-view.ts';
import type { Resolved } from '../model/selection.ts';
import { geometryOf } from '../setup/capture-size.ts';
import type { Looks } from '../store/use-looks.ts';
import { CaptureAgain } from './capture-again.tsx';
import { Gallery, type GalleryItem } from './gallery.tsx';
import { type Missing, missingOf } from './heat.ts';
import css from './image.module.css';
import { HeadChoice, LayerChoice, LooksSetting, TileChoice } from './map-controls.tsx';
import { MapView } from './map-view.tsx';
import { MissingNote } from './missing-note.tsx';
import { ScaleChoice } from './scale-choice.tsx';
import { ScoreView } from './score-view.tsx';
import { useImageOptions } from './use-image-options.ts';
import { useRecapture } from './use-recapture.ts';

interface Props {
  readonly view: RunView;
  readonly at: Resolved;
  readonly detail: RoundDetail | undefined;
  readonly looks: Looks;
  readonly onSelect: (token: number) => void;
  readonly files: readonly ModelFile[];
  readonly picture: HTMLImageElement | null;
  /** of the picture, null while it is not loaded */
  readonly size: Size | null;
  readonly grid: number | null;
  readonly onGrid: (grid: number | null) => void;
}

const noGrids = [] as const;

/** The chosen view of a run's attention, with its controls. */
export function LookView(props: Props) {
  const { view, at, detail, looks, onSelect, files, picture, grid } = props;
  const [search, change] = useInspectSearch();
  const { options } = useImageOptions();
  const recapture = useRecapture(view);
  const { spec } = view.summary;
  const { part } = looks;
  const token = at.token === null ? undefined : view.tokens[at.token];
  const turn = imageTurn(view, token?.turn ?? view.turns.at(-1)?.index ?? 0);
  const grids = turn?.grids ?? noGrids;
  const image = turn?.image ?? props.size;
  const shownGrid = grid !== null && grid < grids.length ? grid : null;
  const mask = useMemo(() => maskOf(grids, options.sinks), [grids, options.sinks]);
  const row = token === undefined || at.token === null ? -1 : at.token - (view.firstTokens[token.round] ?? 0);
  const recorded = detail?.attention.map((frame) => frame.layer) ?? [];
  const target = files.find((file) => file.id === spec.target);
  const projector = files.find((file) => file.id === spec.projector);
  const sizes = geometryOf(target, projector, props.size);
  const known = turn === null ? sizes : { ...sizes, patches: turn.imageTokens };
  const layers = Math.max(
    target?.layers ?? 0,
    ...recorded.map((layer) => layer + 1),
    (part?.layer ?? -1) + 1,
  );
  const look = search.look ?? 'map';
  const heads = useHeads(
    look === 'heads' ? view.summary.id : null,
    token?.round ?? null,
    part?.layer ?? null,
  );
  const fits = (raw: Float32Array): boolean => raw.length === patchCount(grids);
  const headItems = useMemo(
    () =>
      heads.data == null
        ? []
        : headMaps(heads.data, row).map(
            (map, head): GalleryItem => ({ id: head, name: `Head ${head}`, raw: weightsOf(map) }),
          ),
    [heads.data, row],
  );
  const layerItems = useMemo(
    () =>
      (detail?.attention ?? []).flatMap((frame): GalleryItem[] => {
        const raw = attentionRow(frame, row);
        return raw === null ? [] : [{ id: frame.layer, name: `Layer ${frame.layer}`, raw }];
      }),
    [detail, row],
  );
  const noteOn = (missing: Missing, wanted: CaptureSpec) => (
    <MissingNote
      missing={missing}
      recapture={recapture}
      known={known}
      tokens={view.tokens.length}
      wanted={wanted}
    />
  );
  const galleryOf = (
    label: string,
    items: readonly GalleryItem[],
    chosen: number | null,
    onChoose: (id: number) => void,
  ) =>
    image !== null && (
      <Gallery
        label={label}
        items={items}
        chosen={chosen}
        onChoose={onChoose}
        picture={picture}
        image={image}
        grids={grids}
        grid={shownGrid}
        ramp={rampOf(options.colours, false)}
        mask={mask}
      />
    );
  const missing = detail === undefined ? null : missingOf(spec, turn, detail, part);
  const headCount = Math.max(target?.heads ?? 0, headItems.length, (part?.head ?? -1) + 1);
  const headRecorded = part !== null && detail?.headLayers.includes(part.layer) === true;

  const tools = (
    <div className={css.tools}>
      {look !== 'score' && <LooksSetting />}
      <CaptureAgain
        compact
        recapture={recapture}
        known={known}
        tokens={view.tokens.length}
        wanted={{ layers: 'all', heads: true }}
      />
    </div>
  );

  return (
    <>
      {body()}
      <div className={css.options}>
        {look !== 'score' && (
          <>
            {look !== 'layers' && layers > 0 && (
              <LayerChoice
                count={layers}
                recorded={recorded}
                value={part?.layer ?? null}
                onChange={(layer) => change({ layer })}
              />
            )}
            {look === 'map' && layers > 0 && (
              <HeadChoice
                count={headCount}
                recorded={headRecorded}
                value={part?.head ?? null}
                onChange={(head) => change({ head: head ?? undefined })}
              />
            )}
            <TileChoice grids={grids} value={shownGrid} onChange={props.onGrid} />
            {look === 'map' && search.against === undefined && <ScaleChoice />}
          </>
        )}
        {look !== 'map' && tools}
      </div>
    </>
  );

  function body() {
    if (look === 'score') {
      return view.tokens.some(({ score }) => score !== null) || view.tokens.length === 0 ? (
        <ScoreView view={view} selected={at.token} onSelect={onSelect} layers={target?.layers ?? null} />
      ) : (
        noteOn(noScores(view, turn !== null), { layers: 'score' })
      );
    }
    if (look === 'heads' && headItems.length > 0 && headItems.every(({ raw }) => fits(raw))) {
      return galleryOf(`Heads of layer ${part?.layer}`, headItems, part?.head ?? null, (head) =>
        change({ head, look: undefined }),
      );
    }
    if (look === 'heads') {
      if (detail === undefined || heads.isLoading) return <p className={css.message}>Reading the heads…</p>;
      const none = part === null ? null : { ...part, head: part.head ?? 0 };
      return noteOn(missingOf(spec, turn, detail, none), {
        layers: part === null ? 'last' : [part.layer],
        heads: true,
      });
    }
    if (look === 'layers' && layerItems.length > 0 && layerItems.every(({ raw }) => fits(raw))) {
      const others = Array.from({ length: layers }, (_, i) => i).filter((layer) => !recorded.includes(layer));
      return (
        <>
          {galleryOf('Layers, mean of heads', layerItems, part?.layer ?? null, (layer) =>
            change({ layer, look: undefined }),
          )}
          {others.length > 0 &&
            noteOn({ words: `Not recorded: layer ${others.join(', ')}.`, remedy: true }, { layers: 'all' })}
        </>
      );
    }
    if (look === 'layers') return missing === null ? null : noteOn(missing, { layers: 'all' });
    return (
      <MapView
        view={view}
        at={at}
        looks={looks}
        onSelect={onSelect}
        against={search.against ?? null}
        picture={picture}
        image={image}
        grids={grids}
        grid={shownGrid}
        mask={mask}
        tools={tools}
        missing={
          missing === null
            ? null
            : noteOn(missing, {
                layers: part === null ? 'last' : [part.layer],
                ...(part?.head == null ? {} : { heads: true }),
              })
        }
      />
    );
  }
}

function noScores({ summary }: RunView, withImage: boolean): Missing {
  if (summary.spec.projector === null || !withImage) {
    return { words: 'The target saw no image in this run, so there is no visual score.', remedy: false };
  }
  return { words: 'This run recorded no attention, so no token has a visual score.', remedy: true };
}
