import type { RunStatus } from '#shared/domain/run.ts';
import { Chip } from '../../ui/chip.tsx';
import { ChipRow } from '../../ui/chip-row.tsx';
import { statusLabel } from './status-badge.tsx';

interface StatusChipsProps {
  readonly statuses: readonly { readonly status: RunStatus; readonly count: number }[];
  readonly status: RunStatus | undefined;
  readonly onChange: (status: RunStatus | undefined) => void;
}

/** One filter per status that occurs; pressing the chosen one again shows all runs. */
export function StatusChips({ statuses, status, onChange }: StatusChipsProps) {
  const total = statuses.reduce((sum, { count }) => sum + count, 0);
  return (
    <ChipRow label="Status">
      <Chip label="All" count={total} pressed={status === undefined} onPress={() => onChange(undefined)} />
      {statuses.map((item) => (
        <Chip
          key={item.status}
          label={statusLabel(item.status)}
          count={item.count}
          pressed={item.status === status}
          onPress={() => onChange(item.status === status ? undefined : item.status)}
        />
      ))}
    </ChipRow>
  );
}
