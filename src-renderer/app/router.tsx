import {
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import { AppShell } from './app-shell.tsx';
import { NotFound, ScreenError } from './screen-error.tsx';
import { inspectSearchSchema, runsSearchSchema, samplesSearchSchema } from './search-params.ts';

const rootRoute = createRootRoute({ component: AppShell, notFoundComponent: NotFound });

const indexRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/samples', replace: true });
  },
});

const samplesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/samples',
  validateSearch: samplesSearchSchema,
  component: lazyRouteComponent(() => import('../features/samples/samples-screen.tsx'), 'SamplesScreen'),
});

const inspectRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/inspect',
  validateSearch: inspectSearchSchema,
  component: lazyRouteComponent(() => import('../features/inspect/inspect-screen.tsx'), 'InspectScreen'),
});

const runsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/runs',
  validateSearch: runsSearchSchema,
  component: lazyRouteComponent(() => import('../features/runs/runs-screen.tsx'), 'RunsScreen'),
});

/** Addresses live behind the hash, so that every host (file, app protocol, server with a token) serves one page. */
export const router = createRouter({
  routeTree: rootRoute.addChildren([indexRoute, samplesRoute, inspectRoute, runsRoute]),
  history: createHashHistory(),
  defaultErrorComponent: ScreenError,
  defaultPreload: 'intent',
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
