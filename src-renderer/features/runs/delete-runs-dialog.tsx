import { isLive, type RunSummary } from '#shared/domain/run.ts';
import { useDeleteRuns } from '../../api/queries.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { plural } from '../../ui/format.ts';
import { toast } from '../../ui/toaster.tsx';

interface DeleteRunsDialogProps {
  /** live ones among them are kept */
  readonly runs: readonly RunSummary[];
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly onDeleted: () => void;
}

export function DeleteRunsDialog({ runs, open, onOpenChange, onDeleted }: DeleteRunsDialogProps) {
  const remove = useDeleteRuns();
  const ended = runs.filter((run) => !isLive(run.status));
  const kept = runs.length - ended.length;
  const what = plural(ended.length, 'run');
  return (
    <ConfirmDialog
      open={open && ended.length > 0}
      onOpenChange={onOpenChange}
      title={`Delete ${what}?`}
      description={
        <>
          Rounds, draft trees and attention are removed from the database with{' '}
          {ended.length === 1 ? 'it' : 'them'}. This cannot be undone.
          {kept > 0 && ` ${plural(kept, 'selected run')} still in progress will be kept: stop it first.`}
        </>
      }
      confirmLabel={`Delete ${what}`}
      busy={remove.isPending}
      onConfirm={() =>
        remove.mutate(
          ended.map((run) => run.id),
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
