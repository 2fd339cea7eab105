import { FolderMinus, FolderPlus, ImageUp, MoreHorizontal, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import type { DataSet } from '#shared/domain/sample.ts';
import { useRemoveDataSet } from '../../api/queries.ts';
import { useOwnPicture } from '../../app/own-picture.ts';
import buttonStyles from '../../ui/button.module.css';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { plural } from '../../ui/format.ts';
import { Menu } from '../../ui/menu.tsx';
import { Select } from '../../ui/select.tsx';
import { toast } from '../../ui/toaster.tsx';
import { AddDataSetDialog } from './add-data-set-dialog.tsx';
import styles from './data-set-controls.module.css';
import { ProblemsDialog } from './problems-dialog.tsx';

interface DataSetControlsProps {
  readonly dataSet: DataSet | undefined;
  readonly dataSets: readonly DataSet[];
  readonly onChoose: (dataSetId: string | undefined) => void;
}

type Open = 'add' | 'remove' | 'problems' | null;

/** Which data set is shown, what is wrong with it, and adding or removing one. */
export function DataSetControls({ dataSet, dataSets, onChoose }: DataSetControlsProps) {
  const [open, setOpen] = useState<Open>(null);
  const remove = useRemoveDataSet();
  const problems = dataSet?.problems ?? [];
  const show = (dialog: Open) => (next: boolean) => setOpen(next ? dialog : null);
  return (
    <>
      <Select
        label="Data set"
        placeholder="No data set"
        disabled={dataSets.length === 0}
        value={dataSet?.id ?? null}
        options={dataSets.map((item) => ({
          value: item.id,
          label: item.name,
          detail: item.builtIn ? `Built in, ${plural(item.samples, 'sample')}` : item.folder,
        }))}
        onChange={onChoose}
        className={styles.chooser}
      />
      <Menu
        trigger={
          <Button variant="ghost" aria-label="Data sets: add or remove" className={buttonStyles.iconOnly}>
            <MoreHorizontal />
          </Button>
        }
        items={[
          {
            id: 'own',
            label: 'Ask about a picture of your own…',
            icon: <ImageUp />,
            onSelect: () => useOwnPicture.getState().browse(),
          },
          { id: 'add', label: 'Add a data set…', icon: <FolderPlus />, onSelect: () => setOpen('add') },
          {
            id: 'remove',
            label: 'Remove this data set from the list…',
            icon: <FolderMinus />,
            disabled: dataSet === undefined || dataSet.builtIn,
            onSelect: () => setOpen('remove'),
          },
        ]}
      />
      {problems.length > 0 && (
        <Button
          size="s"
          variant="ghost"
          icon={<TriangleAlert />}
          className={styles.problems}
          onClick={() => setOpen('problems')}
        >
          {plural(problems.length, 'problem')}
        </Button>
      )}
      <AddDataSetDialog
        open={open === 'add'}
        onOpenChange={show('add')}
        onAdded={(added) => {
          setOpen(added.problems.length > 0 ? 'problems' : null);
          onChoose(added.id);
        }}
      />
      {dataSet !== undefined && (
        <>
          <ProblemsDialog
            dataSet={dataSet}
            open={open === 'problems' && problems.length > 0}
            onOpenChange={show('problems')}
          />
          <ConfirmDialog
            open={open === 'remove'}
            onOpenChange={show('remove')}
            title={`Remove ${dataSet.name} from the list?`}
            description={`The folder ${dataSet.folder} and the runs made with it stay as they are. You can add it again.`}
            confirmLabel="Remove"
            busy={remove.isPending}
            onConfirm={() =>
              remove.mutate(dataSet.id, {
                onSuccess: () => {
                  setOpen(null);
                  onChoose(undefined);
                },
                onError: (error) => toast.failure(`${dataSet.name} could not be removed`, error),
              })
            }
          />
        </>
      )}
    </>
  );
}
