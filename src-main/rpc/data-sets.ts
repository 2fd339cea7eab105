import type { Context } from './context.ts';
import type { Handlers } from './dispatch.ts';

type Names = 'dataSets.list' | 'dataSets.samples' | 'dataSets.reference' | 'dataSets.add' | 'dataSets.remove';

export function dataSetHandlers({ dataSets, storage, emit }: Context): Pick<Handlers, Names> {
  return {
    'dataSets.list': () => dataSets.list(),
    'dataSets.samples': async ({ dataSetId }) => {
      const samples = await dataSets.samples(dataSetId);
      const counts = storage.runs.countBySample(dataSetId);
      return samples.map((sample) => ({ sample, runs: counts.get(sample.id) ?? 0 }));
    },
    'dataSets.reference': async ({ dataSetId, sampleId }) =>
      (await dataSets.loaded(dataSetId)).answers.get(sampleId) ?? [],
    'dataSets.add': async ({ folder }) => {
      const added = await dataSets.add(folder);
      emit('dataSets.changed', {});
      return added;
    },
    'dataSets.remove': async ({ dataSetId }) => {
      await dataSets.remove(dataSetId);
      emit('dataSets.changed', {});
      return {};
    },
  };
}
