import { useMemo } from 'react';
import { layoutOf, parseLayouts, withLayout } from '../../app/layout-param.ts';
import { useInspectSearch } from '../../app/use-search-params.ts';
import type { SplitLayouts } from '../../ui/split-layouts.ts';

/** The sizes of Inspect's panes, as its address holds them. */
export function useAddressLayouts(): SplitLayouts {
  const [{ layout: text }, change] = useInspectSearch();
  return useMemo(() => {
    const layouts = parseLayouts(text);
    return {
      of: (group, panes) => layoutOf(layouts, group, panes),
      keep: (group, layout) => change({ layout: withLayout(text, group, layout) }),
    };
  }, [text, change]);
}
