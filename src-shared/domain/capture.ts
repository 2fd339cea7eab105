import { z } from 'zod';

/**
 * What is recorded of the target's attention while a run is decoded.
 * - none: attention is not read at all (fast kernels, but no scores, so no gate)
 * - score: the shares and the visual score of every token, no map of the image
 * - last, all, or layer numbers: also one map of the image per token and layer, the mean over the layer's heads
 *
 * The gate's layer is read whatever is recorded, unless nothing is.
 */
export const captureSpecSchema = z
  .object({
    layers: z.union([
      z.enum(['none', 'score', 'last', 'all']),
      z.array(z.number().int().min(0)).min(1).readonly(),
    ]),
    /** the map of every single head of these layers as well; absent: no */
    heads: z.boolean().optional(),
  })
  .readonly();
export type CaptureSpec = z.infer<typeof captureSpecSchema>;

/** Layers whose maps are recorded, ascending. `count`: layers of the target. @throws Error for a layer that does not exist */
export function mapLayers({ layers }: CaptureSpec, count: number): readonly number[] {
  if (layers === 'none' || layers === 'score') return [];
  if (layers === 'last') return [count - 1];
  if (layers === 'all') return Array.from({ length: count }, (_, i) => i);
  const wrong = layers.find((layer) => layer >= count);
  if (wrong !== undefined) {
    throw new Error(`layer ${wrong} does not exist: the target has layers 0 to ${count - 1}`);
  }
  return [...new Set(layers)].sort((a, b) => a - b);
}

/** Sizes that the maps depend on. */
export interface CaptureGeometry {
  /** of the target */
  readonly layers: number;
  readonly heads: number;
  /** image tokens of the prompt */
  readonly patches: number;
}

/** Shares and score of a token in the database: five 64-bit floats. */
const scoreBytes = 40;
/** A map's float32 scale; every patch takes one byte. */
const scaleBytes = 4;

/**
 * Bytes that the attention of `tokens` answer tokens takes before compression: shares and score, and patches + 4 bytes per
 * map; a layer has one map, and one more per head where heads are recorded.
 */
export function captureBytes(capture: CaptureSpec, geometry: CaptureGeometry, tokens: number): number {
  if (capture.layers === 'none') return 0;
  const layers = mapLayers(capture, geometry.layers).length;
  const maps = layers * (1 + (capture.heads === true ? geometry.heads : 0));
  return tokens * (scoreBytes + maps * (geometry.patches + scaleBytes));
}

/** What is recorded in a few words, e.g. "layers 1, 3, per head". */
export function captureLabel(capture: CaptureSpec): string {
  const { layers } = capture;
  if (layers === 'none') return 'off';
  if (layers === 'score') return 'score only';
  const which =
    typeof layers === 'string'
      ? { last: 'last layer', all: 'all layers' }[layers]
      : `${layers.length === 1 ? 'layer' : 'layers'} ${layers.join(', ')}`;
  return capture.heads === true ? `${which}, per head` : which;
}
