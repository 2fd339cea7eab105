import { useEffect } from 'react';
import { useInspectSearch } from '../../../app/use-search-params.ts';
import { useBreakpoints } from './use-breakpoints.ts';

/** Whether the debugger's pane is shown: what the address says, or as it was last. */
export function useDebuggerOpen(): { readonly open: boolean; readonly toggle: () => void } {
  const [search, change] = useInspectSearch();
  const { open: last, remember } = useBreakpoints();
  const open = search.debugger ?? last;
  useEffect(() => remember(open), [remember, open]);
  return { open, toggle: () => change({ debugger: !open }) };
}
