/**
 * Sizes of panes in an address: "inspect(left~30_right~70)inspect.left(image~52_details~48)", in percent. The panes that
 * are open are part of the name, as each set of them has sizes of its own.
 */

/** Size of every pane of a group, percent. */
export type Layout = Readonly<Record<string, number>>;

/** Layouts by group and panes, see `keyOf`. */
export type Layouts = ReadonlyMap<string, Layout>;

const tolerance = 1;

/** Layouts of an address; what cannot be read, or does not fill its group, is left out. */
export function parseLayouts(text: string | undefined): Layouts {
  const out = new Map<string, Layout>();
  for (const [, group = '', panes = ''] of (text ?? '').matchAll(/([\w.-]+)\(([^()]*)\)/g)) {
    const layout = parseLayout(panes);
    if (layout !== null) out.set(keyOf(group, Object.keys(layout)), layout);
  }
  return out;
}

function parseLayout(text: string): Layout | null {
  const sizes = text.split('_').map((pane): [string, number] => {
    const [name = '', size = ''] = pane.split('~');
    return [name, /^\d+(\.\d+)?$/.test(size) ? Number(size) : Number.NaN];
  });
  const sum = sizes.reduce((total, [, size]) => total + size, 0);
  const whole = Math.abs(sum - 100) <= tolerance && sizes.every(([name]) => name !== '');
  return whole ? Object.fromEntries(sizes) : null;
}

/** The layout of a group when exactly these panes are open. */
export function layoutOf(layouts: Layouts, group: string, panes: readonly string[]): Layout | undefined {
  return layouts.get(keyOf(group, panes));
}

/** The text with a group's layout added, or changed. */
export function withLayout(text: string | undefined, group: string, layout: Layout): string {
  const layouts = new Map(parseLayouts(text)).set(keyOf(group, Object.keys(layout)), layout);
  return [...layouts].map(([key, sizes]) => `${key.split(' ')[0]}(${printed(sizes)})`).join('');
}

function printed(layout: Layout): string {
  return Object.entries(layout)
    .map(([pane, size]) => `${pane}~${Math.round(size * 10) / 10}`)
    .join('_');
}

function keyOf(group: string, panes: readonly string[]): string {
  return [group, ...[...panes].sort()].join(' ');
}
