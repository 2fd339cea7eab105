/** Numbers and times as short text. Null (not measured, not defined) becomes an en dash everywhere. */
export const none = '–';

const integer = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** 12345 -> "12,345" */
export function formatCount(value: number | null): string {
  return value === null ? none : integer.format(value);
}

/** Fixed decimals: (2.3456, 2) -> "2.35" */
export function formatFixed(value: number | null, digits: number): string {
  if (value === null || !Number.isFinite(value)) return none;
  const text = value.toFixed(digits);
  // A value that rounds to nothing has no sign.
  return /^-0(\.0*)?$/.test(text) ? text.slice(1) : text;
}

/** 0.4321 -> "43.2%" */
export function formatPercent(value: number | null, digits = 1): string {
  return value === null || !Number.isFinite(value) ? none : `${(value * 100).toFixed(digits)}%`;
}

/** Milliseconds with a fitting unit: 0.42 -> "0.42 ms", 12.3 -> "12.3 ms", 4200 -> "4.20 s", 125000 -> "2:05 min" */
export function formatMs(ms: number | null): string {
  if (ms === null || !Number.isFinite(ms)) return none;
  if (ms < 10) return `${ms.toFixed(2)} ms`;
  if (ms < 1000) return `${ms.toFixed(1)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(2)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')} min`;
}

/** Bytes in binary units: 3_500_000 -> "3.3 MiB" */
export function formatBytes(bytes: number | null): string {
  if (bytes === null) return none;
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = bytes < 1024 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), units.length - 1);
  const value = bytes / 1024 ** power;
  return `${power === 0 ? value : value.toFixed(value < 100 ? 1 : 0)} ${units[power]}`;
}

const time = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const dayMonth = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const full = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

/** Time of day for today, day and time for this year, day and year before. `at` and `now` in milliseconds since 1970. */
export function formatWhen(at: number, now: number): string {
  const date = new Date(at);
  const today = new Date(now);
  if (date.toDateString() === today.toDateString()) return time.format(date);
  if (date.getFullYear() === today.getFullYear()) return `${dayMonth.format(date)}, ${time.format(date)}`;
  return `${dayMonth.format(date)} ${date.getFullYear()}`;
}

/** Date and time to the second. */
export function formatDateTime(at: number): string {
  return full.format(new Date(at));
}

/** "1 run", "3 runs" */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
