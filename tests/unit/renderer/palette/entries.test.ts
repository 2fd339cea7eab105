import { describe, expect, it } from 'vitest';
import type { Action } from '../../../../src-renderer/actions/registry.ts';
import { actionEntries, matching, sampleEntries } from '../../../../src-renderer/app/palette/entries.ts';
import type { SampleRow } from '../../../../src-shared/contract/calls.ts';

const action = (id: string, group: string, more: Partial<Action> = {}): Action => ({
  id,
  label: id,
  group,
  keys: [],
  run: () => {},
  ...more,
});

const sample = (id: string, question: string): SampleRow => ({
  sample: { id, image: `${id}.png`, turns: [question], category: 'scene', topic: 'general vqa' },
  runs: 0,
});

describe('actions of the palette', () => {
  it('are those that can run now, by group', () => {
    const groups = actionEntries([
      action('run', 'Run', { keys: ['$mod+Enter', 'r'] }),
      action('stop', 'Run', { when: () => false }),
      action('samples', 'Go to'),
    ]);
    expect(groups.map(({ name, items }) => [name, items.map(({ id }) => id)])).toEqual([
      ['Run', ['run']],
      ['Go to', ['samples']],
    ]);
    expect(groups[0]?.items[0]?.keys).toBe('$mod+Enter');
  });

  it('of two with one id the later one is meant', () => {
    const called: string[] = [];
    const groups = actionEntries([
      action('run', 'Run', { run: () => called.push('first') }),
      action('run', 'Run', { run: () => called.push('second') }),
    ]);
    expect(groups.flatMap(({ items }) => items)).toHaveLength(1);
    groups[0]?.items[0]?.run();
    expect(called).toEqual(['second']);
  });
});

describe('matching', () => {
  const actions = actionEntries([action('Pause or continue', 'Run'), action('Samples', 'Go to')]);
  const opened: string[] = [];
  const samples = sampleEntries(
    [
      sample('mmspec_313', 'How many bars?'),
      ...Array.from({ length: 20 }, (_, i) => sample(`x_${i}`, 'What <b>shape</b>?')),
    ],
    (id) => opened.push(id),
  );

  it('shows actions alone before anything is typed', () => {
    expect(matching('  ', actions, [samples])).toEqual(actions);
  });

  it('wants every word, in group, label or detail, whatever the case', () => {
    const found = matching('BARS 313', actions, [samples]);
    expect(found.flatMap(({ items }) => items.map(({ label }) => label))).toEqual(['mmspec_313']);
    found[0]?.items[0]?.run();
    expect(opened).toEqual(['mmspec_313']);
    expect(matching('run pause', actions, [samples])[0]?.items[0]?.label).toBe('Pause or continue');
    expect(matching('no such thing', actions, [samples])).toEqual([]);
  });

  it('lists at most eight samples', () => {
    expect(matching('shape', actions, [samples]).flatMap(({ items }) => items)).toHaveLength(8);
  });
});
