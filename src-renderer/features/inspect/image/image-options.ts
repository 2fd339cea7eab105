import { z } from 'zod';
import { colourMaps } from '../../../charts/heat-map/colours.ts';
import { sinkMasks } from '../../../charts/heat-map/sinks.ts';
import { heatScales } from './heat.ts';

const schema = z.object({
  colours: z.enum(colourMaps),
  scale: z.enum(heatScales),
  opacity: z.number().min(0).max(1),
  /** patches left out as attention sinks */
  sinks: z.enum(sinkMasks).default('none'),
  /** scale of several maps side by side: of each its own, or the same for all */
  together: z.enum(['own', 'same']).default('own'),
});
export type ImageOptions = Readonly<z.infer<typeof schema>>;

const initial: ImageOptions = {
  colours: 'inferno',
  scale: 'token',
  opacity: 0.65,
  sinks: 'none',
  together: 'own',
};

/** Options from storage; what cannot be read is forgotten, never an error. */
export function parseImageOptions(stored: string | null): ImageOptions {
  try {
    return schema.parse(JSON.parse(stored ?? ''));
  } catch {
    return initial;
  }
}
