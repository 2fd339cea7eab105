import { useId, useRef, useState } from 'react';
import type { DataSet } from '#shared/domain/sample.ts';
import { useAddDataSet } from '../../api/queries.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { errorText } from '../../ui/state.tsx';
import { TextField } from '../../ui/text-field.tsx';
import styles from './add-data-set-dialog.module.css';

interface AddDataSetDialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly onAdded: (dataSet: DataSet) => void;
}

/** Adds a folder in MMSpec's format by its path on the machine that runs the main side. */
export function AddDataSetDialog({ open, onOpenChange, onAdded }: AddDataSetDialogProps) {
  const [folder, setFolder] = useState('');
  const add = useAddDataSet();
  const form = useId();
  const field = useRef<HTMLInputElement>(null);

  function change(next: boolean): void {
    if (!next) add.reset();
    onOpenChange(next);
  }

  return (
    <Dialog
      open={open}
      onOpenChange={change}
      width="520px"
      initialFocus={field}
      title="Add a data set"
      description="A folder in MMSpec's format: mmspec.jsonl with one sample per line, beside a folder “images”. It is read where it is, nothing is copied."
      footer={
        <>
          <Button onClick={() => change(false)}>Cancel</Button>
          <Button
            type="submit"
            form={form}
            variant="primary"
            disabled={folder.trim() === ''}
            busy={add.isPending}
          >
            Add data set
          </Button>
        </>
      }
    >
      <form
        id={form}
        onSubmit={(event) => {
          event.preventDefault();
          add.mutate(folder.trim(), {
            onSuccess: (dataSet) => {
              setFolder('');
              onAdded(dataSet);
            },
          });
        }}
      >
        <TextField
          ref={field}
          label="Folder"
          placeholder="/path/to/folder"
          value={folder}
          onChange={(text) => {
            setFolder(text);
            if (add.isError) add.reset();
          }}
          className={styles.folder}
          aria-invalid={add.isError}
        />
        <p role="alert" className={styles.error}>
          {add.isError ? errorText(add.error) : ''}
        </p>
      </form>
    </Dialog>
  );
}
