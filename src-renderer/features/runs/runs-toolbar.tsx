import { ScanEye, Trash2 } from 'lucide-react';
import type { RefObject } from 'react';
import { Button } from '../../ui/button.tsx';
import { formatCount, plural } from '../../ui/format.ts';
import { SearchField } from '../../ui/text-field.tsx';
import { Toolbar, ToolbarNote, ToolbarSpace } from '../../ui/toolbar.tsx';
import styles from './runs-toolbar.module.css';

interface RunsToolbarProps {
  readonly total: number;
  readonly shown: number;
  readonly selected: number;
  readonly q: string;
  readonly searchField: RefObject<HTMLInputElement | null>;
  readonly onSearch: (q: string | undefined) => void;
  readonly onSearchDone: () => void;
  /** undefined: no run under the cursor */
  readonly onOpen: (() => void) | undefined;
  /** undefined: nothing to delete */
  readonly onDelete: (() => void) | undefined;
}

export function RunsToolbar(props: RunsToolbarProps) {
  const { total, shown, selected, q, searchField, onSearch, onSearchDone, onOpen, onDelete } = props;
  return (
    <Toolbar title="Runs">
      <ToolbarNote>
        {shown === total ? plural(total, 'run') : `${formatCount(shown)} of ${plural(total, 'run')}`}
        {selected > 0 && `, ${formatCount(selected)} selected`}
      </ToolbarNote>
      <ToolbarSpace />
      <Button icon={<ScanEye />} disabled={onOpen === undefined} onClick={onOpen}>
        Inspect
      </Button>
      <Button icon={<Trash2 />} disabled={onDelete === undefined} onClick={onDelete}>
        Delete…
      </Button>
      <SearchField
        ref={searchField}
        label="Search runs"
        placeholder="Search sample, method, device, status"
        value={q}
        className={styles.search}
        onChange={(text) => onSearch(text === '' ? undefined : text)}
        onDone={onSearchDone}
      />
    </Toolbar>
  );
}
