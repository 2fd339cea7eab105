import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import './theme/tokens.css';
import './theme/base.css';
import { CSPProvider } from '@base-ui/react/csp-provider';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ErrorBoundary } from 'react-error-boundary';
import { required } from '#shared/domain/assert.ts';
import { ApiContext, createApi } from './api/api-context.tsx';
import { createQueryClient } from './api/queries.ts';
import { syncCache } from './api/sync.ts';
import { router } from './app/router.tsx';
import { startTheme } from './theme/theme.ts';
import { ErrorState } from './ui/state.tsx';
import { TooltipProvider } from './ui/tooltip.tsx';

startTheme();
const api = createApi();
const queryClient = createQueryClient();
syncCache(api, queryClient);

createRoot(required(document.getElementById('root'), 'the element #root')).render(
  <StrictMode>
    <ErrorBoundary
      fallbackRender={({ error }) => (
        <ErrorState title="The window ran into a fault" error={error} onRetry={() => location.reload()} />
      )}
    >
      <CSPProvider disableStyleElements>
        <ApiContext value={api}>
          <QueryClientProvider client={queryClient}>
            <TooltipProvider delay={500} closeDelay={0}>
              <RouterProvider router={router} />
            </TooltipProvider>
          </QueryClientProvider>
        </ApiContext>
      </CSPProvider>
    </ErrorBoundary>
  </StrictMode>,
);
