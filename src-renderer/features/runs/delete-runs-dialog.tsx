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
  const live = runs.filter((run) => isLive(run.status)).length;
  const what = plural(runs.length, 'run');
  return (
    <ConfirmDialog
      open={open && runs.length > 0}
      onOpenChange={onOpenChange}
      title={`Delete ${what}?`}
      description={
        <>
          Rounds, draft trees and attention of {runs.length === 1 ? 'this run' : 'these runs'} are removed
          from the database. This cannot be undone.
          {live > 0 &&
            ` ${live === runs.length ? '' : `${plural(live, 'run')} of them `}${
              live === 1 ? 'It is' : 'They are'
            } still in progress and will be stopped.`}
        </>
      }
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
