import type { Context } from './context.ts';
import type { Handlers } from './dispatch.ts';

type Names = 'models.list' | 'models.add' | 'models.remove';

export function modelHandlers({ models, emit }: Context): Pick<Handlers, Names> {
  return {
    'models.list': () => models.list(),
    'models.add': async ({ path }) => {
      const model = await models.add(path);
      emit('models.changed', {});
      return model;
    },
    'models.remove': async ({ id }) => {
      await models.remove(id);
      emit('models.changed', {});
      return {};
    },
  };
}
