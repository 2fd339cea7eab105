import { isLive, type RunSummary } from '#shared/domain/run.ts';
import { useDeleteRuns } from '../../api/queries.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { plural } from '../../ui/format.ts';
import { toast } from '../../ui/toaster.tsx';

interface DeleteRunsDialogProps {
  readonly runs: readonly RunSummary[];
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly onDeleted: () => void;
}

export function DeleteRunsDialog({ runs, open, onOpenChange, onDeleted }: DeleteRunsDialogProps) {
  const remove = useDeleteRuns();
  const what = plural(runs.length, 'run');
  return (
    <ConfirmDialog
      open={open && runs.length > 0}
      onOpenChange={onOpenChange}
      title={`Delete ${what}?`}
      description={`Their rounds, draft trees and attention are removed from the database. This cannot be undone.${liveNote(runs)}`}
      confirmLabel={`Delete ${what}`}
      busy={remove.isPending}
      onConfirm={() =>
        remove.mutate(
          runs.map((run) => run.id),
          {
            onSuccess: () => {
              onOpenChange(false);
              onDeleted();
              toast.success(`${what} deleted`);
            },
            onError: (error) => toast.failure(`${what} could not be deleted`, error),
          },
        )
      }
    />
  );
}

function liveNote(runs: readonly RunSummary[]): string {
  const live = runs.filter((run) => isLive(run.status)).length;
  return live === 0 ? '' : ` Still in progress, and stopped first: ${plural(live, 'run')}.`;
}
