import { z } from 'zod';
import { captureSpecSchema } from '#shared/domain/capture.ts';
import { defaultGateThreshold, gateProblem, gateSpecSchema } from '#shared/domain/gate.ts';
import {
  defaultMethod,
  draftFileLabel,
  draftFileOf,
  type MethodSpec,
  methodSpecSchema,
} from '#shared/domain/method.ts';
import { headFor, headProblem, type ModelFile, type ModelSet } from '#shared/domain/model.ts';
import { autoEngine, engineOptionsSchema, greedy, type RunSpec, samplingSchema } from '#shared/domain/run.ts';
import { strayLayers } from './capture-size.ts';

/** Everything of a run's specification but the sample: what the set-up bar edits and remembers. */
export const settingsSchema = z.object({
  target: z.string().nullable(),
  projector: z.string().nullable(),
  draft: z.string().nullable(),
  draftProjector: z.string().nullable(),
  method: methodSpecSchema,
  gate: gateSpecSchema,
  sampling: samplingSchema,
  maxTokens: z.number().int().min(1).max(65_536),
  systemPrompt: z.string().nullable(),
  capture: captureSpecSchema,
  engine: engineOptionsSchema,
});
export type Settings = Readonly<z.infer<typeof settingsSchema>>;

export const defaultSettings: Settings = {
  target: null,
  projector: null,
  draft: null,
  draftProjector: null,
  method: defaultMethod('draft-model'),
  gate: { mode: 'off', threshold: defaultGateThreshold },
  sampling: greedy,
  maxTokens: 128,
  systemPrompt: null,
  capture: { layers: 'last' },
  engine: autoEngine,
};

/** Settings from storage; what cannot be read is forgotten, never an error. */
export function parseSettings(stored: string | null): Settings {
  if (stored === null) return defaultSettings;
  try {
    return { ...defaultSettings, ...settingsSchema.partial().parse(JSON.parse(stored)) };
  } catch {
    return defaultSettings;
  }
}

/** Settings with the four models of a set. */
export function withSet(settings: Settings, set: ModelSet): Settings {
  const { target, projector, draft, draftProjector } = set;
  return { ...settings, target, projector, draft, draftProjector };
}

/** The set whose models the settings have, if any. Heads are in no set: they belong to its target. */
export function setOf(settings: Settings, sets: readonly ModelSet[]): ModelSet | null {
  const needed = draftFileOf(settings.method);
  const head = needed !== null && needed !== 'model';
  const same = (set: ModelSet) =>
    set.target === settings.target &&
    set.projector === settings.projector &&
    (head || (set.draft === settings.draft && set.draftProjector === settings.draftProjector));
  return sets.find(same) ?? null;
}

/**
 * Settings that can be shown for the models there are: without a target, or with one that is gone, the first set is
 * taken, so that a fresh window can run at once. A method that was chosen before the models were known gets its head.
 */
export function withKnownModels(
  settings: Settings,
  files: readonly ModelFile[],
  sets: readonly ModelSet[],
): Settings {
  const first = sets[0];
  const known = files.some((file) => file.id === settings.target) || first === undefined;
  return withDraftFile(known ? settings : withSet(settings, first), files, sets);
}

/**
 * Settings whose draft file is of the kind that the method needs: one that is not gives way to a head that fits the target,
 * or to the draft model of the target's set.
 */
export function withDraftFile(
  settings: Settings,
  files: readonly ModelFile[],
  sets: readonly ModelSet[],
): Settings {
  const needed = draftFileOf(settings.method);
  const draft = files.find((file) => file.id === settings.draft);
  // Without the list of models nothing is known about any of them.
  if (needed === null || files.length === 0) return settings;
  const target = files.find((file) => file.id === settings.target);
  if (needed === 'model') {
    if (draft?.role !== 'head') return settings;
    const set = sets.find((one) => one.target === settings.target && one.draft !== null);
    return { ...settings, draft: set?.draft ?? null, draftProjector: set?.draftProjector ?? null };
  }
  if (draft !== undefined && headProblem(draft, needed, target) === null) return settings;
  return { ...settings, draft: headFor(files, needed, target)?.id ?? null, draftProjector: null };
}

/** Settings with another method, and with the draft file that it needs. */
export function withMethod(
  settings: Settings,
  method: MethodSpec,
  files: readonly ModelFile[],
  sets: readonly ModelSet[],
): Settings {
  return withDraftFile({ ...settings, method }, files, sets);
}

/** Settings that a run was made with. */
export function settingsOf(spec: RunSpec): Settings {
  const { dataSetId: _dataSetId, sampleId: _sampleId, ...settings } = spec;
  return settings;
}

/** Why a run cannot be started like this; each names the setting and the remedy. */
export function problemsOf(
  settings: Settings,
  sampleChosen: boolean,
  files: readonly ModelFile[],
): readonly string[] {
  const problems: string[] = [];
  if (!sampleChosen) problems.push('No sample is chosen: choose one at the left of this bar or in Samples.');
  if (settings.target === null) problems.push('No target model is chosen: choose one under Models.');
  const needed = draftFileOf(settings.method);
  if (needed !== null && settings.draft === null) {
    problems.push(
      `The method ${settings.method.name} needs ${draftFileLabel(needed)}: choose one under Models, or another method.`,
    );
  }
  const chosen = files.find((file) => file.id === settings.draft);
  if (needed !== null && chosen !== undefined && chosen.problem === null) {
    const target = files.find((file) => file.id === settings.target);
    const misfit =
      needed === 'model'
        ? chosen.role === 'decoder'
          ? null
          : `a ${chosen.role}, and a draft model is needed`
        : headProblem(chosen, needed, target);
    if (misfit !== null) problems.push(`${chosen.name} cannot draft here: ${misfit}.`);
  }
  const layers = files.find((file) => file.id === settings.target)?.layers ?? null;
  const stray = strayLayers(settings.capture, { layers, heads: null, patches: null });
  if (stray.length > 0) {
    problems.push(`The target has no layer ${stray.join(', ')} to record: choose others under Capture.`);
  }
  const gate = gateProblem(settings);
  if (gate !== null) problems.push(gate);
  for (const id of [settings.target, settings.projector, settings.draft, settings.draftProjector]) {
    const file = id === null ? undefined : files.find((f) => f.id === id);
    if (id !== null && file === undefined)
      problems.push(`The model ${id} is gone: choose another under Models.`);
    else if (file !== undefined && file.problem !== null) problems.push(`${file.name}: ${file.problem}`);
  }
  return problems;
}

/** Specification of a run; null while the target is missing. */
export function specOf(settings: Settings, dataSetId: string, sampleId: string): RunSpec | null {
  const { target } = settings;
  return target === null ? null : { ...settings, target, dataSetId, sampleId };
}
