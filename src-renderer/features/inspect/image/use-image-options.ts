import { z } from 'zod';
import { create } from 'zustand';
import { colourMaps } from '../../../charts/heat-map/colours.ts';
import { heatScales } from './heat.ts';

const schema = z.object({
  colours: z.enum(colourMaps),
  scale: z.enum(heatScales),
  opacity: z.number().min(0).max(1),
});
export type ImageOptions = Readonly<z.infer<typeof schema>>;

const key = 'specula.inspect.heat-map';
const initial: ImageOptions = { colours: 'inferno', scale: 'token', opacity: 0.65 };

/** Options from storage; what cannot be read is forgotten, never an error. */
export function parseImageOptions(stored: string | null): ImageOptions {
  try {
    return schema.parse(JSON.parse(stored ?? ''));
  } catch {
    return initial;
  }
}

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
