const symbols: Readonly<Record<string, string>> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Enter: '↵',
  Escape: 'Esc',
  Space: 'Space',
  Delete: 'Del',
  Shift: '⇧',
  Alt: 'Alt',
  Control: 'Ctrl',
  Meta: '⌘',
};

const mac = typeof navigator === 'object' && /Mac|iPhone|iPad/.test(navigator.userAgent);

/** One label per key press of a sequence in tinykeys' notation; a shifted symbol is shown without its Shift. */
export function keyLabels(keys: string): readonly string[] {
  return keys.split(' ').map((press) => {
    const parts = press.split(/\b\+/);
    const key = parts.pop() ?? '';
    const label = symbols[key] ?? (key.length === 1 ? key.toUpperCase() : key);
    const symbol = key.length === 1 && !/[a-z0-9]/i.test(key);
    const mods = parts
      .filter((mod) => !(mod === 'Shift' && symbol))
      .map((mod) => (mod === '$mod' ? (mac ? '⌘' : 'Ctrl') : (symbols[mod] ?? mod)));
    return [...mods, label].join(' ');
  });
}
