import { Autocomplete } from '@base-ui/react/autocomplete';
import { Dialog } from '@base-ui/react/dialog';
import { useNavigate } from '@tanstack/react-router';
import { Search } from 'lucide-react';
import { useState, useSyncExternalStore } from 'react';
import { actionRegistry } from '../../actions/registry.ts';
import { useDataSets, useRuns, useSamples } from '../../api/queries.ts';
import { cx } from '../../ui/cx.ts';
import dialog from '../../ui/dialog.module.css';
import { Kbd } from '../../ui/kbd.tsx';
import { useLastSearch } from '../last-search.ts';
import styles from './command-palette.module.css';
import {
  actionEntries,
  type Entry,
  type EntryGroup,
  matching,
  runEntries,
  sampleEntries,
} from './entries.ts';

interface CommandPaletteProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
}

/** Everything that can be done now, and every sample and run, by typing a part of its name. */
export function CommandPalette({ open, onOpenChange }: CommandPaletteProps) {
  return (
    <Dialog.Root open={open} onOpenChange={(next) => onOpenChange(next)}>
      <Dialog.Portal>
        <Dialog.Backdrop className={dialog.backdrop} />
        <Dialog.Popup className={cx(dialog.popup, styles.popup)} aria-label="Command palette">
          <Palette onDone={() => onOpenChange(false)} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** Mounted while the palette is open only, so that it begins empty and asks for nothing before. */
function Palette({ onDone }: { readonly onDone: () => void }) {
  const [query, setQuery] = useState('');
  const groups = useGroups(query);
  return (
    <Autocomplete.Root
      open
      inline
      items={groups}
      // What matches is decided above: labels, details and group names count.
      filter={null}
      value={query}
      onValueChange={(next) => setQuery(next)}
      itemToStringValue={(entry: Entry) => entry.label}
      autoHighlight="always"
      keepHighlight
    >
      <div className={styles.search}>
        <Search aria-hidden />
        <Autocomplete.Input
          aria-label="Search commands, samples and runs"
          placeholder="Command, sample or run"
          className={styles.input}
        />
      </div>
      <Autocomplete.Empty>
        <p className={styles.empty}>Nothing that can be done now, no sample and no run is called that.</p>
      </Autocomplete.Empty>
      <Autocomplete.List className={styles.list}>
        {(group: EntryGroup) => (
          <Autocomplete.Group key={group.name} items={group.items}>
            <Autocomplete.GroupLabel className={styles.group}>{group.name}</Autocomplete.GroupLabel>
            <Autocomplete.Collection>
              {(entry: Entry) => (
                <Autocomplete.Item
                  key={entry.id}
                  value={entry}
                  className={styles.item}
                  onClick={() => {
                    onDone();
                    entry.run();
                  }}
                >
                  <span className={styles.label}>{entry.label}</span>
                  <span className={styles.detail}>{entry.detail}</span>
                  {entry.keys !== null && <Kbd keys={entry.keys} />}
                </Autocomplete.Item>
              )}
            </Autocomplete.Collection>
          </Autocomplete.Group>
        )}
      </Autocomplete.List>
    </Autocomplete.Root>
  );
}

function useGroups(query: string): readonly EntryGroup[] {
  const actions = useSyncExternalStore(actionRegistry.subscribe, actionRegistry.list);
  const navigate = useNavigate();
  const last = useLastSearch();
  const dataSets = useDataSets().data;
  const dataSet = last.inspect.dataSet ?? last.samples.dataSet ?? dataSets?.[0]?.id;
  const samples = useSamples(dataSet).data ?? [];
  const runs = useRuns().data ?? [];
  return matching(query, actionEntries(actions), [
    sampleEntries(samples, (sample) => void navigate({ to: '/inspect', search: { dataSet, sample } })),
    runEntries(
      runs,
      ({ id, spec }) =>
        void navigate({
          to: '/inspect',
          search: { dataSet: spec.dataSetId, sample: spec.sampleId, run: id },
        }),
    ),
  ]);
}
