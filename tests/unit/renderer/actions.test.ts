import { expect, it, vi } from 'vitest';
import { type Action, ActionRegistry, groupActions } from '../../../src-renderer/actions/registry.ts';
import { keyLabels } from '../../../src-renderer/ui/key-labels.ts';

const action = (id: string, keys: readonly string[], patch: Partial<Action> = {}): Action => ({
  id,
  label: id,
  group: 'Test',
  keys,
  run: () => {},
  ...patch,
});

it('finds the latest active action of some keys', () => {
  const registry = new ActionRegistry();
  const general = action('general', ['n']);
  let possible = false;
  registry.register([general]);
  const leave = registry.register([action('screen', ['n'], { when: () => possible })]);
  expect(registry.find('n')?.id).toBe('general');
  possible = true;
  expect(registry.find('n')?.id).toBe('screen');
  leave();
  expect(registry.find('n')).toBe(general);
  expect(registry.find('m')).toBeUndefined();
});

it('tells listeners about every change and keeps the list stable in between', () => {
  const registry = new ActionRegistry();
  const listener = vi.fn();
  const end = registry.subscribe(listener);
  const leave = registry.register([action('a', ['a'])]);
  expect(registry.list()).toBe(registry.list());
  leave();
  expect(listener).toHaveBeenCalledTimes(2);
  end();
  registry.register([action('b', ['b'])]);
  expect(listener).toHaveBeenCalledTimes(2);
});

it('lists only actions with keys, by heading', () => {
  const groups = groupActions([
    action('a', ['a'], { group: 'One' }),
    action('b', [], { group: 'One' }),
    action('c', ['c'], { group: 'Two' }),
    action('d', ['d'], { group: 'One' }),
  ]);
  expect([...groups].map(([name, members]) => [name, members.map(({ id }) => id)])).toEqual([
    ['One', ['a', 'd']],
    ['Two', ['c']],
  ]);
});

it('writes keys as they are read on the keyboard', () => {
  expect(keyLabels('g s')).toEqual(['G', 'S']);
  expect(keyLabels('Shift+?')).toEqual(['?']);
  expect(keyLabels('Shift+ArrowDown')).toEqual(['⇧ ↓']);
  expect(keyLabels('$mod+Enter')).toEqual(['Ctrl ↵']);
});
