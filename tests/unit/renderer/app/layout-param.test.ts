import fc from 'fast-check';
import { expect, test } from 'vitest';
import { layoutOf, parseLayouts, withLayout } from '../../../../src-renderer/app/layout-param.ts';

test('sizes come back, each for its group and the panes that were open', () => {
  let text = withLayout(undefined, 'inspect', { left: 30, right: 70 });
  text = withLayout(text, 'inspect.right', { tokens: 27.04, tree: 48.96, timeline: 24 });
  text = withLayout(text, 'inspect.right', { tokens: 20, tree: 30, timeline: 20, 'what-if': 30 });
  text = withLayout(text, 'inspect', { left: 40.5, right: 59.5 });
  expect(text).toBe(
    'inspect(left~40.5_right~59.5)inspect.right(tokens~27_tree~49_timeline~24)inspect.right(tokens~20_tree~30_timeline~20_what-if~30)',
  );
  const layouts = parseLayouts(text);
  expect(layoutOf(layouts, 'inspect', ['right', 'left'])).toEqual({ left: 40.5, right: 59.5 });
  expect(layoutOf(layouts, 'inspect.right', ['tokens', 'tree', 'timeline'])?.tree).toBe(49);
  expect(layoutOf(layouts, 'inspect.right', ['tokens', 'tree'])).toBeUndefined();
});

test('what does not fill its group, or is no layout, is left out', () => {
  for (const text of [
    '',
    'inspect',
    'inspect(left~30_right~30)',
    'inspect(left~-30_right~130)',
    'a(b)',
    'a()',
    '((',
  ]) {
    expect([...parseLayouts(text)]).toEqual([]);
  }
  expect([...parseLayouts('x(a~1)inspect(left~30_right~70)').keys()]).toEqual(['inspect left right']);
});

test('any text is read without an error', () => {
  fc.assert(fc.property(fc.string(), (text) => parseLayouts(text) instanceof Map));
});
