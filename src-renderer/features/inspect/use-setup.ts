import { useDataSets, useEngineStatus, useModels, useSamples } from '../../api/queries.ts';
import type { RunView } from './model/run-view.ts';
import { problemsOf, specOf, withKnownModels } from './setup/settings.ts';
import { useSettings } from './setup/use-settings.ts';

interface Asked {
  readonly dataSet?: string | undefined;
  readonly sample?: string | undefined;
}

/**
 * What the set-up bar shows and what Run would start: the asked sample, else the open run's, else the first of the
 * first data set, with the remembered settings.
 */
export function useSetup(asked: Asked, view: RunView | null) {
  const { settings: stored, change } = useSettings();
  const status = useEngineStatus();
  const dataSets = useDataSets();
  const models = useModels();
  const dataSetId = asked.dataSet ?? view?.summary.spec.dataSetId ?? dataSets.data?.[0]?.id;
  const samples = useSamples(dataSetId);
  const wanted = asked.sample ?? view?.summary.spec.sampleId;
  const rows = samples.data ?? [];
  const row = wanted === undefined ? rows[0] : rows.find((r) => r.sample.id === wanted);
  const files = models.data?.files ?? [];
  const sets = models.data?.sets ?? [];
  const settings = withKnownModels(stored, files, sets);
  const sample = row?.sample;
  const loaded = models.isSuccess && samples.isSuccess;
  return {
    settings,
    change,
    status,
    dataSets: dataSets.data ?? [],
    dataSetId,
    samples: rows,
    sample,
    files,
    sets,
    loading: !loaded,
    error: dataSets.error ?? samples.error ?? models.error,
    problems: loaded
      ? [...unavailable(status?.state, status?.detail), ...problemsOf(settings, sample !== undefined, files)]
      : ['Samples and models are being read.'],
    spec: dataSetId === undefined || sample === undefined ? null : specOf(settings, dataSetId, sample.id),
  };
}

function unavailable(state: string | undefined, detail: string | undefined): readonly string[] {
  return state === 'unavailable' && detail !== undefined ? [detail] : [];
}
