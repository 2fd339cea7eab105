import type { View } from '../../../charts/timeline/geometry.ts';

/** The part of the rounds that an address names; null: all of them, also where it names none that can be shown. */
export function parseZoom(text: string | undefined): View | null {
  const [from = Number.NaN, to = Number.NaN] = (text ?? '').split('-').map(Number);
  return to > from ? { from, to } : null;
}

/** A part of the rounds as an address names it, e.g. "12.5-40". */
export function zoomText({ from, to }: View): string {
  const short = (round: number): number => Math.round(Math.max(0, round) * 100) / 100;
  return `${short(from)}-${short(to)}`;
}
