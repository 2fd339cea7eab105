import { Check, CircleDashed, CircleStop, OctagonX, Pause, TriangleAlert } from 'lucide-react';
import type { ReactElement } from 'react';
import type { RunStatus } from '#shared/domain/run.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';

interface Look {
  readonly label: string;
  readonly tone: Tone;
  readonly icon: ReactElement;
}

const looks: Readonly<Record<RunStatus, Look>> = {
  running: { label: 'Running', tone: 'accent', icon: <CircleDashed /> },
  paused: { label: 'Paused', tone: 'warn', icon: <Pause /> },
  done: { label: 'Done', tone: 'ok', icon: <Check /> },
  stopped: { label: 'Stopped', tone: 'neutral', icon: <CircleStop /> },
  failed: { label: 'Failed', tone: 'danger', icon: <TriangleAlert /> },
  crashed: { label: 'Crashed', tone: 'danger', icon: <OctagonX /> },
};

export function statusLabel(status: RunStatus): string {
  return looks[status].label;
}

export function StatusBadge({ status }: { readonly status: RunStatus }) {
  const { label, tone, icon } = looks[status];
  return (
    <Badge tone={tone} icon={icon}>
      {label}
    </Badge>
  );
}
