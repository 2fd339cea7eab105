import type { Context } from './context.ts';
import type { Handlers } from './dispatch.ts';
import { expected } from './expected.ts';

export function appHandlers({ app, engine }: Context): Pick<Handlers, 'app.info' | 'engine.restart'> {
  return {
    'app.info': () => ({ ...app, engine: engine.status() }),
    'engine.restart': async () => {
      await expected(engine.restart());
      return {};
    },
  };
}
