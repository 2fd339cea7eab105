import { RefreshCw } from 'lucide-react';
import type { DataSet } from '#shared/domain/sample.ts';
import { useReadDataSetsAgain } from '../../api/queries.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { plural } from '../../ui/format.ts';
import styles from './problems-dialog.module.css';

interface ProblemsDialogProps {
  readonly dataSet: DataSet;
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
}

/** Lines of the data set that could not be used, or are odd, with the reason. */
export function ProblemsDialog({ dataSet, open, onOpenChange }: ProblemsDialogProps) {
  const again = useReadDataSetsAgain();
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      width="680px"
      title={`${plural(dataSet.problems.length, 'problem')} in ${dataSet.name}`}
      description={`${plural(dataSet.samples, 'sample')} can be used. Correct mmspec.jsonl in ${dataSet.folder}, then read it again.`}
      footer={
        <Button icon={<RefreshCw />} busy={again.isFetching} onClick={again.read}>
          Read again
        </Button>
      }
    >
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">Line</th>
            <th scope="col">Id</th>
            <th scope="col">Reason</th>
          </tr>
        </thead>
        <tbody>
          {dataSet.problems.map((problem) => (
            <tr key={`${problem.line} ${problem.reason}`}>
              <td className={styles.line}>{problem.line === 0 ? '–' : problem.line}</td>
              <td className={styles.id}>{problem.id ?? '–'}</td>
              <td>{problem.reason}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Dialog>
  );
}
