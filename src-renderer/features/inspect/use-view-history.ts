import { useEffect, useMemo, useRef } from 'react';
import { useActions } from '../../actions/use-actions.ts';
import { type InspectSearch, inspectSearchSchema } from '../../app/search-params.ts';
import { useInspectSearch } from '../../app/use-search-params.ts';
import { useViewHistory } from '../../app/view-history.ts';
import { useDebuggerOpen } from './debugger/use-debugger-open.ts';
import { useImageOptions } from './image/use-image-options.ts';

type Name = keyof InspectSearch;

const names: readonly Name[] = inspectSearchSchema.keyof().options;
const subjects: readonly Name[] = ['run', 'dataSet', 'sample'];
/** A walk changes now one of these, now all. */
const selection: ReadonlySet<Name> = new Set(['round', 'token', 'node']);
const nothing = Object.fromEntries(names.map((name) => [name, undefined]));

/** Parameters that two addresses do not share. */
function changed(a: InspectSearch, b: InspectSearch): readonly Name[] {
  return names.filter((name) => a[name] !== b[name]);
}

function kindOf(what: readonly Name[]): string {
  return [...new Set(what.map((name) => (selection.has(name) ? 'selection' : name)))].join(' ');
}

/**
 * Records changes of Inspect's view and offers to undo them: all that its address holds, and how the heat map is drawn.
 * Another run or sample begins anew: there the browser's Back leads back.
 */
export function useInspectHistory(): void {
  const [address, change] = useInspectSearch();
  const { open } = useDebuggerOpen();
  // Undoing must not depend on what was shown last elsewhere.
  const search = useMemo(() => ({ ...address, debugger: open }), [address, open]);
  const { past, future, record, undo, redo, clear } = useViewHistory();
  const before = useRef(search);
  /** where an undo or redo leads, until it is there */
  const target = useRef<InspectSearch | null>(null);
  useEffect(() => {
    const old = before.current;
    before.current = search;
    const what = changed(old, search);
    if (what.length === 0) return;
    if (target.current !== null && changed(target.current, search).length === 0) {
      target.current = null;
      return;
    }
    target.current = null;
    if (subjects.some((name) => what.includes(name))) {
      clear();
      return;
    }
    const go = (to: InspectSearch): void => {
      target.current = to;
      change({ ...nothing, ...to });
    };
    record({ what: kindOf(what), at: performance.now(), undo: () => go(old), redo: () => go(search) });
  }, [search, change, record, clear]);
  useEffect(
    () =>
      useImageOptions.subscribe(({ options, change: set }, { options: old }) => {
        if (options === old) return;
        record({ what: 'heat map', at: performance.now(), undo: () => set(old), redo: () => set(options) });
      }),
    [record],
  );
  useEffect(() => clear, [clear]);
  useActions([
    {
      id: 'inspect.undo-view',
      label: 'Undo the last change of the view',
      group: 'View',
      keys: ['$mod+z'],
      when: () => past.length > 0,
      run: undo,
    },
    {
      id: 'inspect.redo-view',
      label: 'Do the undone change of the view again',
      group: 'View',
      keys: ['$mod+Shift+z', '$mod+y'],
      when: () => future.length > 0,
      run: redo,
    },
  ]);
}
