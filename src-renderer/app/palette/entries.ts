import type { SampleRow } from '#shared/contract/calls.ts';
import { methodLabel } from '#shared/domain/method.ts';
import type { RunSummary } from '#shared/domain/run.ts';
import { type Action, isActive } from '../../actions/registry.ts';

/** One line of the palette. */
export interface Entry {
  readonly id: string;
  readonly label: string;
  /** second, quieter text; searched too */
  readonly detail: string;
  /** its shortcut, if it has one */
  readonly keys: string | null;
  readonly run: () => void;
}

export interface EntryGroup {
  readonly name: string;
  readonly items: readonly Entry[];
}

/** Most lines of samples and of runs: the palette is for finding one, their screens list them all. */
const most = 8;

/** The actions that can run now, the latest registered of the same id only. */
export function actionEntries(actions: readonly Action[]): readonly EntryGroup[] {
  const latest = [...new Map(actions.map((action) => [action.id, action])).values()].filter(isActive);
  return [...Map.groupBy(latest, (action) => action.group)].map(([name, members]) => ({
    name,
    items: members.map(({ id, label, keys, run }) => ({
      id,
      label,
      detail: '',
      keys: keys[0] ?? null,
      run,
    })),
  }));
}

/** Samples to open in Inspect. */
export function sampleEntries(rows: readonly SampleRow[], open: (sampleId: string) => void): EntryGroup {
  return {
    name: 'Samples',
    items: rows.map(({ sample }) => ({
      id: `sample ${sample.id}`,
      label: sample.id,
      detail: sample.turns[0] ?? '',
      keys: null,
      run: () => open(sample.id),
    })),
  };
}

/** Recorded runs to open in Inspect. */
export function runEntries(runs: readonly RunSummary[], open: (run: RunSummary) => void): EntryGroup {
  return {
    name: 'Runs',
    items: runs.map((run) => ({
      id: `run ${run.id}`,
      label: `${run.spec.sampleId} · ${methodLabel(run.spec.method)}`,
      detail: `${run.status} · ${run.id}`,
      keys: null,
      run: () => open(run),
    })),
  };
}

/**
 * The lines in which every word of the query occurs, in their order; without a query the actions alone. Of samples and
 * runs at most eight each.
 */
export function matching(
  query: string,
  actions: readonly EntryGroup[],
  finds: readonly EntryGroup[],
): readonly EntryGroup[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return actions;
  const has = (group: EntryGroup) => (entry: Entry) => {
    const text = `${group.name} ${entry.label} ${entry.detail}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
  const kept = (group: EntryGroup, limit: number): EntryGroup => ({
    ...group,
    items: group.items.filter(has(group)).slice(0, limit),
  });
  return [
    ...actions.map((group) => kept(group, group.items.length)),
    ...finds.map((group) => kept(group, most)),
  ].filter((group) => group.items.length > 0);
}
