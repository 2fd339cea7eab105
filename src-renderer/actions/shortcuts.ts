import { tinykeys } from 'tinykeys';
import type { ActionRegistry } from './registry.ts';

/**
 * Whether a plain key press belongs to what has the focus: text being typed, an open list, menu or dialog.
 * A listbox that is part of a screen lets shortcuts through by `data-shortcuts`.
 */
export function ownsKeys(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  return (
    target.closest(
      'input:not([type="checkbox"], [type="radio"], [type="range"]), textarea, select, [contenteditable="true"], ' +
        '[role="dialog"], [role="alertdialog"], [role="listbox"]:not([data-shortcuts]), [role="menu"], [role="combobox"][aria-expanded="true"]',
    ) !== null
  );
}

/** Shortcuts with a modifier that still belong to a text that is being edited. */
const edits: ReadonlySet<string> = new Set(['$mod+z', '$mod+Shift+z', '$mod+y']);

/** Whether Enter or Space on the focused element already means something there. */
function pressesControl(event: KeyboardEvent): boolean {
  return (
    (event.key === 'Enter' || event.key === ' ') &&
    event.target instanceof Element &&
    event.target.closest('button, a[href], [role="button"], [role="tab"], [role="checkbox"]') !== null
  );
}

/** Arrow keys move within sliders, tabs, toggles and separators that have the focus. */
function movesWithin(event: KeyboardEvent): boolean {
  return (
    (event.key.startsWith('Arrow') || event.key === 'Home' || event.key === 'End') &&
    event.target instanceof Element &&
    event.target.closest(
      'input[type="range"], [role="slider"], [role="tablist"], [role="radiogroup"], [role="separator"], [role="group"] > [aria-pressed]',
    ) !== null
  );
}

/** Runs the registry's actions on their keys, in whatever set is registered at the time. Returns a function that ends it. */
export function bindShortcuts(target: Window, registry: ActionRegistry): () => void {
  let unbind = () => {};

  function bind(): void {
    unbind();
    const allKeys = new Set(registry.list().flatMap((action) => action.keys));
    const bindings = [...allKeys].map((keys) => [
      keys,
      (event: KeyboardEvent) => {
        if (event.defaultPrevented || event.isComposing) return;
        if ((edits.has(keys) || !keys.includes('$mod+')) && ownsKeys(event.target)) return;
        if (pressesControl(event) || movesWithin(event)) return;
        const action = registry.find(keys);
        if (action === undefined) return;
        event.preventDefault();
        action.run();
      },
    ]);
    unbind = tinykeys(target, Object.fromEntries(bindings));
  }

  bind();
  const unsubscribe = registry.subscribe(bind);
  return () => {
    unsubscribe();
    unbind();
  };
}
