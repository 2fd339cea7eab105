import { Link, useRouter } from '@tanstack/react-router';
import { Compass } from 'lucide-react';
import { EmptyState, ErrorState } from '../ui/state.tsx';

/** A screen that threw: the rest of the window stays usable. */
export function ScreenError({ error, reset }: { readonly error: unknown; readonly reset: () => void }) {
  const router = useRouter();
  return (
    <ErrorState
      title="This screen ran into a fault"
      error={error}
      onRetry={() => {
        reset();
        void router.invalidate();
      }}
    />
  );
}

export function NotFound() {
  return (
    <EmptyState
      icon={<Compass />}
      title="There is no such screen"
      action={<Link to="/samples">Go to Samples</Link>}
    >
      The address does not belong to this version of Specula.
    </EmptyState>
  );
}
