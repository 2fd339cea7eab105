import { createContext, use } from 'react';
import type { Api } from '#shared/contract/transport.ts';
import { createPreloadApi } from './preload-api.ts';
import { createWebSocketApi, socketUrl } from './web-socket-api.ts';

/** The main side, over Electron's bridge when there is one, otherwise over a WebSocket to where the page came from. */
export function createApi(): Api {
  return window.specula === undefined
    ? createWebSocketApi(socketUrl(location.href))
    : createPreloadApi(window.specula);
}

export const ApiContext = createContext<Api | null>(null);

/** The connection to the main side: `call` for what queries.ts does not cover, `on` for events. */
export function useApi(): Api {
  const api = use(ApiContext);
  if (api === null) throw new Error('useApi needs an ApiContext above it');
  return api;
}
