import { assertNever } from '#shared/domain/assert.ts';
import type { RunStatus } from '#shared/domain/run.ts';
import type { Tone } from '../../../ui/badge.tsx';

/** How a run's status is called and toned. */
export function statusLook(status: RunStatus): { readonly label: string; readonly tone: Tone } {
  switch (status) {
    case 'running':
      return { label: 'Running', tone: 'accent' };
    case 'paused':
      return { label: 'Paused', tone: 'warn' };
    case 'done':
      return { label: 'Done', tone: 'ok' };
    case 'stopped':
      return { label: 'Stopped', tone: 'neutral' };
    case 'failed':
      return { label: 'Failed', tone: 'danger' };
    case 'crashed':
      return { label: 'Crashed', tone: 'danger' };
    default:
      return assertNever(status);
  }
}
