import { geometryFor, type ProjectorGeometry } from '../../src-shared/domain/geometry.ts';
import type { PatchGrid } from '../../src-shared/domain/run.ts';
import type { PrefillChunk } from '../decoding/model.ts';

/** Where the image tokens lie on the picture, or why that is not known. */
export interface ImagePlaces {
  readonly grids: readonly PatchGrid[];
  readonly gridProblem: string | null;
}

/** The places of a prompt's image tokens on a picture of the given size (pixels). */
export function imagePlaces(
  projector: ProjectorGeometry | null,
  chunks: readonly PrefillChunk[],
  width: number,
  height: number,
): ImagePlaces {
  if (projector === null) return { grids: [], gridProblem: null };
  const images = chunks.flatMap((c) => (c.grid === null ? [] : [c.grid]));
  const geometry = geometryFor({ imageWidth: width, imageHeight: height, projector, chunks: images });
  return geometry.ok
    ? { grids: geometry.grids, gridProblem: null }
    : { grids: [], gridProblem: geometry.reason };
}
