import { CirclePause } from 'lucide-react';
import type { BreakHit } from '#shared/domain/breakpoint.ts';
import css from './debugger.module.css';

/** Which breakpoint the run waits at, and where. */
export function StopReason({ hit, token }: { readonly hit: BreakHit; readonly token: string | null }) {
  const where = token === null ? `round ${hit.round}` : `round ${hit.round}, token ${hit.token}`;
  return (
    <p className={css.stop} role="status">
      <CirclePause aria-hidden="true" />
      <span>
        Stopped at <b>{hit.label}</b>: {where}
        {token !== null && (
          <>
            {' '}
            <code>{token}</code>
          </>
        )}
        ; {hit.found}.
      </span>
    </p>
  );
}
