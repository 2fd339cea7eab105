import { interpolateCividis, rgb } from 'd3';
import type { AnswerToken } from '#shared/domain/token.ts';
import type { TokenColour } from '../../../app/search-params.ts';
import { formatFixed } from '../../../ui/format.ts';
import { probability, rank } from '../words/numbers.ts';

/** A number of every token that the stream can be coloured by. */
export interface Quantity {
  readonly label: string;
  readonly value: (token: AnswerToken) => number | null;
  readonly text: (value: number) => string;
  /** ends of the scale; null: the largest value of the run */
  readonly high: number | null;
  /** equal steps are equal ratios */
  readonly log: boolean;
}

/** Colours by one number; `shares` is a bar of four and has a drawing of its own (share-bar.ts). */
export type NumberColour = Exclude<TokenColour, 'shares'>;

export const quantities: Readonly<Record<NumberColour, Quantity>> = {
  score: { label: 'Visual score r', value: (t) => t.score, text: probability, high: null, log: false },
  'p-target': { label: 'p target', value: (t) => t.pTarget, text: probability, high: 1, log: false },
  entropy: {
    label: 'Entropy, nats',
    value: (t) => t.entropy,
    text: (v) => formatFixed(v, 2),
    high: null,
    log: false,
  },
  'draft-rank': {
    label: 'Rank in the draft',
    value: (t) => t.draftRank,
    text: (v) => rank(Math.round(v)),
    high: null,
    log: true,
  },
  depth: {
    label: 'Acceptance depth',
    value: (t) => (t.origin === 'accepted' ? t.depth : null),
    text: (v) => formatFixed(v, 0),
    high: null,
    log: false,
  },
};

/** Colours of a quantity over one run. */
export interface Painting {
  readonly quantity: Quantity;
  readonly high: number;
  /** null: the token has no such value */
  readonly paint: (token: AnswerToken) => Paint | null;
}

/** A background and a text colour on it with a contrast of at least 4.5 : 1. */
export interface Paint {
  readonly background: string;
  readonly colour: '#000' | '#fff';
}

/** Tokens coloured by one of their numbers. */
export function painting(name: NumberColour, tokens: readonly AnswerToken[]): Painting {
  return paintingOf(quantities[name], tokens);
}

/** Scale from 0 to the largest value. The colour map is cividis: perceptually uniform, alike for colour-blind readers. */
export function paintingOf(quantity: Quantity, tokens: readonly AnswerToken[]): Painting {
  const largest = tokens.reduce((max, token) => Math.max(max, quantity.value(token) ?? 0), 0);
  const high = quantity.high ?? (largest > 0 ? largest : 1);
  const position = (value: number) =>
    quantity.log ? Math.log1p(value) / Math.log1p(high) : Math.min(1, value / high);
  const paints = Array.from({ length: 65 }, (_, i) => paintAt(i / 64));
  return {
    quantity,
    high,
    paint: (token) => {
      const value = quantity.value(token);
      return value === null ? null : (paints[Math.round(position(value) * 64)] ?? null);
    },
  };
}

/** Colour of the scale at t in 0..1. */
export function paintAt(t: number): Paint {
  const c = rgb(interpolateCividis(t));
  return { background: c.formatHex(), colour: luminance(c.r, c.g, c.b) > 0.179 ? '#000' : '#fff' };
}

/** Relative luminance of sRGB bytes (WCAG 2). */
function luminance(...bytes: readonly [number, number, number]): number {
  const [r, g, b] = bytes.map((byte) => {
    const c = byte / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (r ?? 0) + 0.7152 * (g ?? 0) + 0.0722 * (b ?? 0);
}
