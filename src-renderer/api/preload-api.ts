import type { Api } from '#shared/contract/transport.ts';
import { parseEvent, parseOutput } from './parse.ts';
import type { SpeculaBridge } from './preload-global.d.ts';

/** The contract over Electron's preload bridge. Connected as long as the window lives. */
export function createPreloadApi(bridge: SpeculaBridge): Api {
  return {
    call: async (name, input) => parseOutput(name, await bridge.calls[name](input)),
    on: (event, listener) => bridge.on(event, (data) => listener(parseEvent(event, data))),
    onConnection(listener) {
      listener(true);
      return () => {};
    },
  };
}
