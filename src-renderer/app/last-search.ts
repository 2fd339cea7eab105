/** The address each screen had when it was left, so that going back to it finds it as it was. */
import { create } from 'zustand';
import {
  type InspectSearch,
  inspectSearchSchema,
  type RunsSearch,
  runsSearchSchema,
  type SamplesSearch,
  samplesSearchSchema,
} from './search-params.ts';

export interface LastSearch {
  readonly samples: SamplesSearch;
  readonly inspect: InspectSearch;
  readonly runs: RunsSearch;
}

export const useLastSearch = create<LastSearch>(() => ({ samples: {}, inspect: {}, runs: {} }));

/** Takes note of where the window is; paths that are no screen are ignored. */
export function rememberSearch(pathname: string, search: unknown): void {
  switch (pathname) {
    case '/samples':
      useLastSearch.setState({ samples: samplesSearchSchema.parse(search) });
      break;
    case '/inspect':
      useLastSearch.setState({ inspect: inspectSearchSchema.parse(search) });
      break;
    case '/runs':
      useLastSearch.setState({ runs: runsSearchSchema.parse(search) });
      break;
  }
}
