/** `ids` with `id` put in, or taken out when it was in. */
export function toggle(ids: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(ids);
  if (!next.delete(id)) next.add(id);
  return next;
}

/** `ids` with everything between `from` and `to` in `order`, both included. An unknown `from` means `to` alone. */
export function selectRange(
  ids: ReadonlySet<string>,
  order: readonly string[],
  from: string,
  to: string,
): ReadonlySet<string> {
  const end = order.indexOf(to);
  const start = order.indexOf(from) < 0 ? end : order.indexOf(from);
  return new Set([...ids, ...order.slice(Math.min(start, end), Math.max(start, end) + 1)]);
}
