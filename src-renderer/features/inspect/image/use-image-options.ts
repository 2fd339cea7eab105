import { create } from 'zustand';
import { type ImageOptions, parseImageOptions } from './image-options.ts';

const key = 'specula.inspect.heat-map';

interface State {
  readonly options: ImageOptions;
  readonly change: (patch: Partial<ImageOptions>) => void;
}

/** How the heat map is drawn; a habit of the reader, so remembered instead of kept in the address. */
export const useImageOptions = create<State>((set) => ({
  options: parseImageOptions(localStorage.getItem(key)),
  change: (patch) =>
    set((state) => {
      const options = { ...state.options, ...patch };
      localStorage.setItem(key, JSON.stringify(options));
      return { options };
    }),
}));
