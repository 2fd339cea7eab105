import type { HeadReduction } from '#shared/domain/gate.ts';
import type { AttentionFrame, HeadFrame } from '#shared/domain/round.ts';
import type { Shares } from '#shared/domain/token.ts';
import { sixDigits } from './digits.ts';
import type { RowsOut, RowWants } from './model.ts';

/** What is read of the target's attention. */
export interface Capture {
  /** ascending; empty: nothing is read */
  readonly layers: readonly number[];
  /** those of `layers` whose maps are recorded; absent: all */
  readonly maps?: readonly number[];
  /** the maps of every head too; absent: no */
  readonly headMaps?: boolean;
  /** one of `layers`: shares and scores come from it; null without capture */
  readonly scoreLayer: number | null;
  /** how heads become a score; absent: their mean. Anything else needs the rows' `headShares` */
  readonly scoreHeads?: HeadReduction;
}

/** Attention shares of one row in the score layer; null when nothing was captured. */
export function sharesAt(rows: RowsOut, capture: Capture, node: number): Shares | null {
  if (capture.scoreLayer === null) return null;
  const at = sharesStart(rows, capture.layers.indexOf(capture.scoreLayer), node);
  return {
    system: sixDigits(rows.shares[at] ?? 0),
    image: sixDigits(rows.shares[at + 1] ?? 0),
    text: sixDigits(rows.shares[at + 2] ?? 0),
    generated: sixDigits(rows.shares[at + 3] ?? 0),
  };
}

/** Image share of one row in the score layer; null when nothing was captured. */
export function imageShareAt(rows: RowsOut, capture: Capture, node: number): number | null {
  if (capture.scoreLayer === null) return null;
  return sixDigits(rows.shares[sharesStart(rows, capture.layers.indexOf(capture.scoreLayer), node) + 1] ?? 0);
}

/** Visual score r of one row: the image share of the score layer, its heads reduced as asked; null when nothing was captured. */
export function scoreAt(rows: RowsOut, capture: Capture, node: number): number | null {
  const { layers, scoreLayer, scoreHeads = 'mean' } = capture;
  if (scoreLayer === null || scoreHeads === 'mean') return imageShareAt(rows, capture, node);
  const heads = rows.headShares.length / (layers.length * rows.n);
  const from = (layers.indexOf(scoreLayer) * rows.n + node) * heads;
  const shares = rows.headShares.subarray(from, from + heads);
  const score = scoreHeads === 'max' ? Math.max(...shares) : shares[scoreHeads];
  if (score === undefined) throw new Error(`head ${scoreHeads} does not exist: the layer has ${heads} heads`);
  return sixDigits(score);
}

const sharesStart = (rows: RowsOut, layer: number, node: number): number => (layer * rows.n + node) * 4;

/** What is to be reported about rows so that a capture can be recorded. `withImage`: the prompt has an image. */
export function attentionWants(
  capture: Capture,
  withImage: boolean,
): Pick<RowWants, 'layers' | 'patches' | 'heads' | 'headShares'> {
  const maps = withImage && mapsOf(capture).length > 0;
  return {
    layers: Int32Array.from(capture.layers),
    patches: maps,
    heads: maps && capture.headMaps === true,
    headShares: (capture.scoreHeads ?? 'mean') !== 'mean',
  };
}

const mapsOf = ({ layers, maps = layers }: Capture): readonly number[] => maps;

/** One frame per recorded layer with the patch masses of the given rows, each row scaled so that its largest value is 255. */
export function attentionFrames(rows: RowsOut, capture: Capture, nodes: readonly number[]): AttentionFrame[] {
  const patches = rows.patchMass.length / (capture.layers.length * rows.n);
  if (capture.layers.length === 0 || patches === 0) return [];
  return mapsOf(capture).map((layer) => {
    const first = capture.layers.indexOf(layer) * rows.n;
    const from = nodes.map((node) => (first + node) * patches);
    return { layer, rows: nodes.length, patches, ...packed(rows.patchMass, from, patches) };
  });
}

/** One frame per recorded layer with the patch masses of every head; empty where heads were not read. */
export function headFrames(rows: RowsOut, capture: Capture, nodes: readonly number[]): HeadFrame[] {
  const patches = rows.patchMass.length / (capture.layers.length * rows.n);
  if (rows.headPatchMass.length === 0 || patches === 0) return [];
  const heads = rows.headPatchMass.length / rows.patchMass.length;
  return mapsOf(capture).map((layer) => {
    const first = capture.layers.indexOf(layer) * rows.n;
    const from = Array.from({ length: heads }, (_, head) =>
      nodes.map((node) => ((first + node) * heads + head) * patches),
    ).flat();
    return { layer, heads, rows: nodes.length, patches, ...packed(rows.headPatchMass, from, patches) };
  });
}

/** Maps that begin at `from`, one after another, as bytes with a scale each. */
function packed(
  mass: Float32Array,
  from: readonly number[],
  patches: number,
): { scale: number[]; data: string } {
  const data = new Uint8Array(from.length * patches);
  const scale = from.map((at, row) =>
    quantise(mass.subarray(at, at + patches), data.subarray(row * patches, (row + 1) * patches)),
  );
  return { scale, data: Buffer.from(data.buffer).toString('base64') };
}

/** Writes round(value / largest * 255) and returns the largest value. */
function quantise(mass: Float32Array, into: Uint8Array): number {
  let max = 0;
  for (let i = 0; i < mass.length; i++) if ((mass[i] ?? 0) > max) max = mass[i] ?? 0;
  if (max === 0) return 0;
  const factor = 255 / max;
  for (let i = 0; i < mass.length; i++) into[i] = (mass[i] ?? 0) * factor + 0.5;
  return max;
}
