import type { DataSet } from '#shared/domain/sample.ts';
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
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      width="680px"
      title={`${plural(dataSet.problems.length, 'problem')} in ${dataSet.name}`}
      description={`${plural(dataSet.samples, 'sample')} can be used. Correct the lines below in mmspec.jsonl in ${dataSet.folder}, then restart Specula or add the folder again.`}
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
              <td className={styles.line}>{problem.line}</td>
              <td className={styles.id}>{problem.id ?? '–'}</td>
              <td>{problem.reason}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Dialog>
  );
}
