import { type CaptureGeometry, type CaptureSpec, captureBytes, mapLayers } from '#shared/domain/capture.ts';
import { estimateImageTokens, type Size } from '#shared/domain/geometry.ts';
import type { ModelFile } from '#shared/domain/model.ts';
import { formatBytes, plural } from '../../../ui/format.ts';

/** What is known of the sizes that attention maps depend on; null: not known. */
export type KnownGeometry = { readonly [K in keyof CaptureGeometry]: number | null };

/** Sizes of a target and its projector; `picture`: of the sample, null while it is not known. */
export function geometryOf(
  target: ModelFile | undefined,
  projector: ModelFile | undefined,
  picture: Size | null,
): KnownGeometry {
  const cut = projector?.geometry ?? null;
  return {
    layers: target?.layers ?? null,
    heads: target?.heads ?? null,
    // Without a projector the target sees no image, so there is nothing to map.
    patches: projector === undefined ? 0 : cut === null ? null : estimateImageTokens(cut, picture),
  };
}

/** Layers of a capture that the target does not have, so that a run with it would be refused. */
export function strayLayers({ layers }: CaptureSpec, known: KnownGeometry): readonly number[] {
  if (typeof layers !== 'object' || known.layers === null) return [];
  const { layers: count } = known;
  return layers.filter((layer) => layer >= count);
}

/** How much 100 tokens of an answer take, in words. */
export function captureSize(capture: CaptureSpec, known: KnownGeometry): string {
  if (capture.layers === 'none') return 'Nothing is recorded.';
  const { layers, heads, patches } = known;
  const scoreOnly = capture.layers === 'score' || patches === 0;
  if (!scoreOnly && (layers === null || patches === null || (capture.heads === true && heads === null))) {
    return 'The size per 100 tokens depends on models that are not known here.';
  }
  if (strayLayers(capture, known).length > 0) return 'The target does not have all of these layers.';
  const geometry = { layers: layers ?? 1, heads: heads ?? 0, patches: patches ?? 0 };
  const size = formatBytes(captureBytes(scoreOnly ? { layers: 'score' } : capture, geometry, 100));
  if (scoreOnly) return `At most ${size} per 100 tokens.`;
  const maps =
    mapLayers(capture, geometry.layers).length * (1 + (capture.heads === true ? geometry.heads : 0));
  return `At most ${size} per 100 tokens: ${plural(maps, 'map')} of ${plural(geometry.patches, 'patch', 'patches')} each.`;
}
