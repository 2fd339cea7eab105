import { z } from 'zod';
import { colourMaps } from '../../../charts/heat-map/colours.ts';
import { heatScales } from './heat.ts';

const schema = z.object({
  colours: z.enum(colourMaps),
  scale: z.enum(heatScales),
  opacity: z.number().min(0).max(1),
});
export type ImageOptions = Readonly<z.infer<typeof schema>>;

const initial: ImageOptions = { colours: 'inferno', scale: 'token', opacity: 0.65 };

/** Options from storage; what cannot be read is forgotten, never an error. */
export function parseImageOptions(stored: string | null): ImageOptions {
  try {
    return schema.parse(JSON.parse(stored ?? ''));
  } catch {
    return initial;
  }
}
