const powers = Array.from({ length: 23 }, (_, i) => 10 ** i);

/** Rounds to 6 significant digits (15 decimals at most), so that recorded numbers are short as text. Finite in, finite out. */
export function sixDigits(value: number): number {
  if (value === 0) return 0;
  const decimals = 5 - Math.floor(Math.log10(Math.abs(value)));
  if (decimals <= 0) return Math.round(value);
  const scale = powers[Math.min(decimals, 15)] ?? 1;
  return Math.round(value * scale) / scale;
}
