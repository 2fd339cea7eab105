import { draftFileOf } from '#shared/domain/method.ts';
import { headProblem, type ModelFile, type ModelRole, type ModelSet } from '#shared/domain/model.ts';
import { Field } from '../../../ui/field.tsx';
import { formatBytes } from '../../../ui/format.ts';
import { Select } from '../../../ui/select.tsx';
import { methodTitles } from './labels.ts';
import { type Settings, setOf, withDraftFile, withSet } from './settings.ts';
import css from './setup.module.css';

interface Props {
  readonly settings: Settings;
  readonly files: readonly ModelFile[];
  readonly sets: readonly ModelSet[];
  readonly onChange: (patch: Partial<Settings>) => void;
}

/** Value of "none" in a list: an empty one would show the placeholder. Ids of files are never like this. */
const absent = ':none';

/** A model set, or target, projector and draft one by one. */
export function ModelsForm({ settings, files, sets, onChange }: Props) {
  const optionsOf = (role: ModelRole, none: string | null) => [
    ...(none === null ? [] : [{ value: absent, label: none }]),
    ...files
      .filter((file) => file.role === role)
      .map((file) => ({
        value: file.id,
        label: file.name,
        detail: file.problem ?? `${file.arch}, ${file.quantisation}, ${formatBytes(file.bytes)}`,
        disabled: file.problem !== null,
      })),
  ];
  const set = setOf(settings, sets);
  const needed = draftFileOf(settings.method);
  const kind = needed === 'model' ? null : needed;
  const target = files.find((file) => file.id === settings.target);
  const heads = files
    .filter((file) => file.role === 'head')
    .map((file) => {
      const problem = kind && headProblem(file, kind, target);
      const detail = `${file.head ?? 'no'} head, ${file.quantisation}, ${formatBytes(file.bytes)}`;
      return { value: file.id, label: file.name, detail: problem ?? detail, disabled: problem !== null };
    })
    // Those that fit come first.
    .sort((a, b) => Number(a.disabled) - Number(b.disabled));
  const pick = (key: 'projector' | 'draft' | 'draftProjector') => (value: string) =>
    onChange({ [key]: value === absent ? null : value });
  return (
    <div className={css.models}>
      <Field label="Set">
        <Select
          label="Model set"
          value={set?.id ?? null}
          placeholder="Own choice"
          options={sets.map((s) => ({
            value: s.id,
            label: s.name,
            detail: s.note === '' ? undefined : s.note,
          }))}
          onChange={(id) => {
            const chosen = sets.find((s) => s.id === id);
            if (chosen !== undefined) onChange(withDraftFile(withSet(settings, chosen), files, sets));
          }}
        />
      </Field>
      <Field label="Target">
        <Select
          label="Target"
          value={settings.target}
          options={optionsOf('decoder', null)}
          onChange={(id) => onChange(withDraftFile({ ...settings, target: id }, files, sets))}
        />
      </Field>
      <Field label="Projector of the target">
        <Select
          label="Projector of the target"
          value={settings.projector ?? absent}
          options={optionsOf('projector', 'None: text only')}
          onChange={pick('projector')}
        />
      </Field>
      {kind !== null ? (
        <Field label={`Draft head for ${methodTitles[settings.method.name]}`}>
          <Select
            label="Draft head"
            value={settings.draft ?? absent}
            options={
              heads.some((head) => !head.disabled) ? heads : [{ value: absent, label: 'None' }, ...heads]
            }
            onChange={pick('draft')}
          />
        </Field>
      ) : (
        <>
          <Field label="Draft">
            <Select
              label="Draft"
              value={settings.draft ?? absent}
              options={optionsOf('decoder', 'None')}
              onChange={pick('draft')}
            />
          </Field>
          <Field label="Projector of the draft">
            <Select
              label="Projector of the draft"
              value={settings.draftProjector ?? absent}
              options={optionsOf('projector', 'None: the draft does not see the image')}
              onChange={pick('draftProjector')}
            />
          </Field>
        </>
      )}
    </div>
  );
}
