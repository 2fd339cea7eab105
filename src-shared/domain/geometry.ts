/**
 * Where the image tokens of a prompt lie on the picture. The rules are those of llama.cpp v0.5.0's image preprocessors
 * (tools/mtmd/mtmd-image.cpp and the projector table in clip.cpp).
 */
import { z } from 'zod';
import type { PatchGrid, PatchRect } from './run.ts';

const sizeSchema = z.object({ width: z.number(), height: z.number() }).readonly();
export type Size = z.infer<typeof sizeSchema>;

/** What a projector's metadata says about pictures; lengths in pixels. */
export const projectorGeometrySchema = z
  .object({
    /** `clip.projector_type` */
    type: z.string(),
    /** side of the square that the vision model sees; not used by projectors of dynamic size */
    imageSize: z.number(),
    patchSize: z.number(),
    /** patches per side that are merged into one token */
    merge: z.number(),
    /** sizes that a picture can be cut into tiles from; empty: no tiles */
    pinpoints: z.array(sizeSchema).readonly(),
  })
  .readonly();
export type ProjectorGeometry = z.infer<typeof projectorGeometrySchema>;

export interface GeometryInput {
  /** size of the original picture, EXIF orientation applied */
  readonly imageWidth: number;
  readonly imageHeight: number;
  readonly projector: ProjectorGeometry;
  /** the token grid of each image chunk as the engine reports it, in prompt order; a flat n x 1 is accepted */
  readonly chunks: readonly { readonly nx: number; readonly ny: number }[];
}

export type Geometry =
  | { readonly ok: true; readonly grids: readonly PatchGrid[] }
  | { readonly ok: false; readonly reason: string };

/** Projectors that see a square: the picture is padded, or cut into tiles when there are pinpoints. */
const SQUARE = new Set(['mlp', 'ldp', 'ldpv2', 'gemma3', 'janus_pro']);
/** Projectors that see the picture at about its own size, padded to whole tokens. */
const DYNAMIC = new Set(['qwen2vl_merger', 'qwen2.5vl_merger', 'qwen3vl_merger']);

/** The patch grids of one picture, one per image chunk and in that order, or why they are not known. */
export function geometryFor(input: GeometryInput): Geometry {
  const { projector, chunks } = input;
  const picture = { width: input.imageWidth, height: input.imageHeight };
  if (DYNAMIC.has(projector.type)) return dynamicGeometry(picture, projector, chunks);
  if (SQUARE.has(projector.type)) return squareGeometry(picture, projector, chunks);
  return refuse(`where the image tokens of a ${projector.type} projector lie is not known`);
}

/** Pictures are enlarged or reduced to give so many tokens (clip.cpp, Qwen's limits). */
const dynamicTokens = { least: 8, most: 4096 };

/**
 * About how many image tokens a picture gives, for sizes stated before a run; the engine says it exactly. Null where the
 * projector's rule is not known, or needs the picture's size and that is not known.
 */
export function estimateImageTokens(projector: ProjectorGeometry, picture: Size | null): number | null {
  const side = projector.patchSize * projector.merge;
  if (side <= 0) return null;
  if (SQUARE.has(projector.type)) {
    const perBlock = Math.floor(projector.imageSize / side) ** 2;
    if (projector.pinpoints.length === 0) return perBlock;
    return picture === null
      ? null
      : perBlock * tileAreas(picture, projector.imageSize, projector.pinpoints).length;
  }
  if (!DYNAMIC.has(projector.type) || picture === null) return null;
  const about = Math.ceil(picture.width / side) * Math.ceil(picture.height / side);
  return Math.max(dynamicTokens.least, Math.min(dynamicTokens.most, about));
}

/**
 * The rectangle of every image token in pixels of the original picture, in token order (grid by grid, row by row).
 * Rectangles of padding reach outside the picture.
 */
export function patchRects(grids: readonly PatchGrid[]): readonly PatchRect[] {
  return grids.flatMap(({ nx, ny, area }) => {
    const w = area.w / nx;
    const h = area.h / ny;
    return Array.from({ length: nx * ny }, (_, token) => ({
      x: area.x + (token % nx) * w,
      y: area.y + Math.floor(token / nx) * h,
      w,
      h,
    }));
  });
}

const refuse = (reason: string): Geometry => ({ ok: false, reason });

function dynamicGeometry(
  picture: Size,
  projector: ProjectorGeometry,
  chunks: GeometryInput['chunks'],
): Geometry {
  const [chunk, ...others] = chunks;
  if (chunk === undefined || others.length > 0) {
    return refuse(
      `a ${projector.type} projector gives one grid per picture, the engine reported ${chunks.length}`,
    );
  }
  const { nx, ny } = chunk;
  const side = projector.patchSize * projector.merge;
  const canvas = { width: nx * side, height: ny * side };
  return { ok: true, grids: [{ nx, ny, area: areaOf(wholeOf(canvas), letterbox(picture, canvas)) }] };
}

function squareGeometry(
  picture: Size,
  projector: ProjectorGeometry,
  chunks: GeometryInput['chunks'],
): Geometry {
  const side = projector.imageSize;
  const square = { width: side, height: side };
  const areas =
    projector.pinpoints.length === 0
      ? [areaOf(wholeOf(square), letterbox(picture, square))]
      : tileAreas(picture, side, projector.pinpoints);
  if (areas.length !== chunks.length) {
    return refuse(`${areas.length} image blocks were expected, the engine reported ${chunks.length}`);
  }
  const grids: PatchGrid[] = [];
  for (const [at, area] of areas.entries()) {
    const count = (chunks[at]?.nx ?? 0) * (chunks[at]?.ny ?? 0);
    const n = Math.round(Math.sqrt(count));
    if (n === 0 || n * n !== count) return refuse(`${count} image tokens do not make a square grid`);
    grids.push({ nx: n, ny: n, area });
  }
  return { ok: true, grids };
}

/** LLaVA 1.6: tiles of the padded picture row by row, then the whole picture squeezed into a square. */
function tileAreas(picture: Size, side: number, pinpoints: readonly Size[]): readonly PatchRect[] {
  const overview = { x: 0, y: 0, w: picture.width, h: picture.height };
  if (picture.width <= side && picture.height <= side) return [overview];
  const refined = bestPinpoint(picture, pinpoints);
  const placed = letterbox(picture, refined);
  const tiles: PatchRect[] = [];
  for (let y = 0; y < refined.height; y += side) {
    for (let x = 0; x < refined.width; x += side) tiles.push(areaOf({ x, y, w: side, h: side }, placed));
  }
  return [...tiles, overview];
}

/** The size that keeps most of the picture's pixels and, among equals, wastes the least area. */
export function bestPinpoint(picture: Size, pinpoints: readonly Size[]): Size {
  let best: Size = { width: 0, height: 0 };
  let mostEffective = 0;
  let leastWasted = Number.POSITIVE_INFINITY;
  for (const candidate of pinpoints) {
    const scale = scaleInto(picture, candidate);
    const fitted = Math.trunc(product(picture.width, scale)) * Math.trunc(product(picture.height, scale));
    const effective = Math.min(fitted, picture.width * picture.height);
    const wasted = candidate.width * candidate.height - effective;
    if (effective > mostEffective || (effective === mostEffective && wasted < leastWasted)) {
      best = candidate;
      mostEffective = effective;
      leastWasted = wasted;
    }
  }
  return best;
}

/** How a picture lies on a canvas: `scaleX` and `scaleY` are original pixels per canvas pixel. */
interface Placement {
  readonly offsetX: number;
  readonly offsetY: number;
  readonly scaleX: number;
  readonly scaleY: number;
}

/** Scales the picture into the canvas, rounds its sides up and centres it (llama.cpp's PAD_CEIL). */
function letterbox(picture: Size, canvas: Size): Placement {
  const scale = scaleInto(picture, canvas);
  const width = Math.min(Math.ceil(product(picture.width, scale)), canvas.width);
  const height = Math.min(Math.ceil(product(picture.height, scale)), canvas.height);
  return {
    offsetX: Math.floor((canvas.width - width) / 2),
    offsetY: Math.floor((canvas.height - height) / 2),
    scaleX: picture.width / width,
    scaleY: picture.height / height,
  };
}

// llama.cpp computes these in 32-bit floats; the rounding decides whether a side is rounded up by one.
const product = (a: number, b: number): number => Math.fround(a * b);
const scaleInto = (picture: Size, canvas: Size): number =>
  Math.min(Math.fround(canvas.width / picture.width), Math.fround(canvas.height / picture.height));

const wholeOf = (canvas: Size): PatchRect => ({ x: 0, y: 0, w: canvas.width, h: canvas.height });

/** A part of the canvas in pixels of the original picture. */
function areaOf(part: PatchRect, placed: Placement): PatchRect {
  return {
    x: (part.x - placed.offsetX) * placed.scaleX,
    y: (part.y - placed.offsetY) * placed.scaleY,
    w: part.w * placed.scaleX,
    h: part.h * placed.scaleY,
  };
}
