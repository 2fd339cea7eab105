import type { HeadReduction } from '#shared/domain/gate.ts';
import type { AttentionFrame } from '#shared/domain/round.ts';
import type { Shares } from '#shared/domain/token.ts';
import { sixDigits } from './digits.ts';
import type { RowsOut } from './model.ts';

/** What is read of the target's attention. */
export interface Capture {
  /** ascending; empty: nothing is captured */
  readonly layers: readonly number[];
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

/** One frame per captured layer with the patch masses of the given rows, each row scaled so that its largest value is 255. */
export function attentionFrames(
  rows: RowsOut,
  layers: readonly number[],
  nodes: readonly number[],
): AttentionFrame[] {
  const patches = layers.length === 0 ? 0 : rows.patchMass.length / (layers.length * rows.n);
  if (patches === 0) return [];
  return layers.map((layer, l) => {
    const data = new Uint8Array(nodes.length * patches);
    const scale = nodes.map((node, row) => {
      const from = (l * rows.n + node) * patches;
      const mass = rows.patchMass.subarray(from, from + patches);
      return quantise(mass, data.subarray(row * patches, (row + 1) * patches));
    });
    return { layer, rows: nodes.length, patches, scale, data: Buffer.from(data.buffer).toString('base64') };
  });
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
