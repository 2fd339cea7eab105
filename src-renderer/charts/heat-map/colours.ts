import { interpolateCividis, interpolateInferno, interpolatePuOr, interpolateViridis, rgb } from 'd3';

/** Perceptually uniform colour maps; `cividis` looks alike with and without colour blindness. */
export const colourMaps = ['inferno', 'viridis', 'cividis'] as const;
export type ColourMap = (typeof colourMaps)[number];

const interpolators: Readonly<Record<ColourMap, (t: number) => string>> = {
  inferno: interpolateInferno,
  viridis: interpolateViridis,
  cividis: interpolateCividis,
};

const purpleToOrange = (t: number): string => interpolatePuOr(1 - t);

/** 256 colours as RGB bytes, from the low to the high end. */
export type Ramp = Uint8Array;

function ramp(colour: (t: number) => string): Ramp {
  const out = new Uint8Array(256 * 3);
  for (let i = 0; i < 256; i += 1) {
    const c = rgb(colour(i / 255));
    out.set([Math.round(c.r), Math.round(c.g), Math.round(c.b)], i * 3);
  }
  return out;
}

/** Ramp of a sequential map, or of the diverging one for values relative to a mean. */
export function rampOf(map: ColourMap, diverging: boolean): Ramp {
  return ramp(diverging ? purpleToOrange : interpolators[map]);
}

/** CSS colour of the ramp at t in 0..1. */
export function colourAt(r: Ramp, t: number): string {
  const i = Math.round(Math.max(0, Math.min(1, t)) * 255) * 3;
  return `rgb(${r[i]},${r[i + 1]},${r[i + 2]})`;
}

/** CSS background of a legend bar. */
export function rampGradient(r: Ramp): string {
  const stops = Array.from({ length: 17 }, (_, i) => colourAt(r, i / 16));
  return `linear-gradient(to right, ${stops.join(', ')})`;
}

/** Scale of values to 0..1: [low, high] of a map's colours. */
export interface Domain {
  readonly low: number;
  readonly high: number;
}

/** From 0 to the largest value; an empty or dark map gets 1 as its end so that it stays dark. */
export function domainOf(map: Float32Array): Domain {
  const high = map.reduce((a, b) => Math.max(a, b), 0);
  return { low: 0, high: high > 0 ? high : 1 };
}

/** Symmetric about 0, for log2 ratios: at least one octave so that noise does not look like signal. */
export function symmetricDomain(map: Float32Array): Domain {
  const reach = map.reduce((a, b) => Math.max(a, Math.abs(b)), 1);
  return { low: -reach, high: reach };
}

/** Symmetric about 0 with the largest size as its ends, for differences of weights. */
export function differenceDomain(map: Float32Array): Domain {
  const reach = map.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  return reach > 0 ? { low: -reach, high: reach } : { low: -1, high: 1 };
}

export function position(domain: Domain, value: number): number {
  return (value - domain.low) / (domain.high - domain.low);
}
